"""Learning-rate schedules: how the rate of step `k` (from 0) follows from the first one."""

import dataclasses
from typing import Optional

from groundwork import accepted
from groundwork.fields import hyperparameter

DECAY_STEPS = ("steps until linear reaches 0 (unset: the run's length), of one decay of the "
               "others, of one window of plateau")
DECAY_RATE = "factor of one decay"


@dataclasses.dataclass(frozen=True)
class Constant:
    """The same rate throughout (D3 §3.2)."""


@dataclasses.dataclass(frozen=True)
class Linear:
    """rate * (1 - k / decay_steps), then 0 (D0 §3.1)."""

    decay_steps: Optional[int] = hyperparameter(None, DECAY_STEPS, accepted.STEPS)


@dataclasses.dataclass(frozen=True)
class Exponential:
    """rate * decay_rate ** (k / decay_steps) (D3 §3.2; the numbers are our choice)."""

    decay_steps: int = hyperparameter(1000, DECAY_STEPS, accepted.STEPS)
    decay_rate: float = hyperparameter(0.9, DECAY_RATE, accepted.POSITIVE)


@dataclasses.dataclass(frozen=True)
class Step:
    """rate * decay_rate ** floor(k / decay_steps) (D0 §3.1, D3 §3.2; the numbers: our choice)."""

    decay_steps: int = hyperparameter(1000, DECAY_STEPS, accepted.STEPS)
    decay_rate: float = hyperparameter(0.5, DECAY_RATE, accepted.POSITIVE)


@dataclasses.dataclass(frozen=True)
class Plateau:
    """By the model's performance (D3 §3.2; which measure and the numbers: our choice).

    The rate of an update is multiplied by `decay_rate` when the mean of its own loss over a window
    of `decay_steps` steps was not below the lowest such mean so far in `patience` windows in a row;
    then the count starts again. A phase that repeats within a step counts with every repetition,
    accumulated batches with their mean.
    """

    decay_steps: int = hyperparameter(100, DECAY_STEPS, accepted.STEPS)
    decay_rate: float = hyperparameter(0.5, DECAY_RATE, accepted.POSITIVE)
    patience: int = hyperparameter(
        2, "windows in a row without a lower mean loss until plateau decays", accepted.STEPS)


SCHEDULES = {
    "constant": Constant,
    "linear": Linear,
    "exponential": Exponential,
    "step": Step,
    "plateau": Plateau,
}
