"""Settings of the training tools that every model can be trained with."""

import dataclasses
from typing import Optional

from groundwork import transfer
from groundwork.settings import setting


@dataclasses.dataclass(frozen=True)
class Tools:
    """Penalties, clipping, accumulation, freezing, averaging; by default none (D0 §6, D3 §3.4)."""

    l1: float = setting(0.0, "l1 * sum |w| over the kernels is added to what is minimised")
    l2: float = setting(0.0, "l2 * sum w^2 / 2 over the kernels is added to what is minimised")
    gradient_clip_norm: Optional[float] = setting(
        None, "largest norm of all gradients of an update together")
    gradient_clip_value: Optional[float] = setting(None, "largest absolute value in a gradient")
    accumulate_steps: int = setting(1, "batches whose mean gradient makes one update")
    freeze: str = setting("", "scopes of the variables that training leaves as they are (D3 §3.5)")
    ema_decay: float = setting(
        0.0, "decay of the moving average of the weights that images are sampled with; 0: none")

    def freezes(self, name):
        """Whether training leaves the variable of this name as it is."""
        return transfer.under(name, self.freeze)
