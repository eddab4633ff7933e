"""Training options that every model has, each off unless a flag turns it on."""

import dataclasses
from typing import Optional

from groundwork import accepted
from groundwork import transfer
from groundwork.fields import hyperparameter


@dataclasses.dataclass(frozen=True)
class TrainingOptions:
    """Penalties, clipping, accumulation, freezing, averaging; by default none (D0 §6, D3 §3.4)."""

    l1: float = hyperparameter(
        0.0, "l1 * sum |w| over the kernels is added to what is minimised", accepted.NOT_NEGATIVE)
    l2: float = hyperparameter(
        0.0, "l2 * sum w^2 / 2 over the kernels is added to what is minimised",
        accepted.NOT_NEGATIVE)
    gradient_clip_norm: Optional[float] = hyperparameter(
        None, "largest norm of all gradients of an update together", accepted.POSITIVE)
    gradient_clip_value: Optional[float] = hyperparameter(
        None, "largest absolute value in a gradient", accepted.POSITIVE)
    accumulate_steps: int = hyperparameter(
        1, "batches whose mean gradient makes one update", accepted.COUNT)
    freeze: str = hyperparameter(
        "", "scopes of the variables that training leaves as they are (D3 §3.5)", accepted.SCOPES)
    ema_decay: float = hyperparameter(
        0.0, "decay of the moving average of the weights that images are sampled with; 0: none",
        accepted.FRACTION)

    def freezes(self, name):
        """True where training leaves the variable of this name as it is."""
        return transfer.under(name, self.freeze)
