"""What a training run is asked to do, beside the model's hyper-parameters."""

from typing import NamedTuple


class Plan(NamedTuple):
    """Length, precision and intervals of a run, all intervals in steps."""

    seed: int
    dtype: str  # "float32" or "float64"
    train_steps: int
    log_every: int
    sample_every: int
    checkpoint_every: int
    parity_mode: bool = False

    def next_stop(self, step):
        """The next step after `step` that ends in a checkpoint, samples or the end of the run."""
        ends = [(step // every + 1) * every for every in (self.sample_every, self.checkpoint_every)]
        return min(ends + [self.train_steps])

    def samples_due(self, step):
        """Whether a sample grid is written after this step."""
        return step % self.sample_every == 0 or step == self.train_steps

    def checkpoint_due(self, step):
        """Whether a checkpoint is written after this step."""
        return step % self.checkpoint_every == 0 or step == self.train_steps
