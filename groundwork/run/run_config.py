"""Length, precision and intervals of a training run."""

from typing import NamedTuple


class RunConfig(NamedTuple):
    """Length, precision and intervals of a run, all intervals in steps."""

    seed: int
    dtype: str  # "float32" or "float64"
    train_steps: int
    log_every: int
    sample_every: int
    checkpoint_every: int
    summary_every: int
    parity_mode: bool = False
    animate: bool = False  # the sample grids become one animation at the end

    def next_stop(self, step):
        """The next step after `step` that ends in samples, a checkpoint, a summary or the run."""
        ends = [(step // every + 1) * every for every in self.intervals()]
        return min(ends + [self.train_steps])

    def intervals(self):
        """Steps between samples, between checkpoints and between summaries."""
        return self.sample_every, self.checkpoint_every, self.summary_every

    def samples_due(self, step):
        """True where a sample grid is written after this step."""
        return step % self.sample_every == 0 or step == self.train_steps

    def checkpoint_due(self, step):
        """True where a checkpoint is written after this step."""
        return step % self.checkpoint_every == 0 or step == self.train_steps

    def summary_due(self, step):
        """True where the state after this step is described in the event files."""
        return step % self.summary_every == 0 or step == self.train_steps
