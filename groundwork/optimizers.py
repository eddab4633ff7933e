"""Numbers of the optimisers, by the names and with the defaults of `tf.train` (TensorFlow 1).

The documents' own update rules have the numbers that their document's code uses; where it
uses none, those of the `tf.train` optimiser of the same name. `slots` is the
number of variables that the rule keeps for each weight.
"""

import dataclasses

from groundwork import accepted
from groundwork.fields import hyperparameter

STEP_SIZE = "step size"
MOMENTUM = "decay of the sum of gradients, or of rmsprop's steps"
BETA1 = "decay of Adam's first moment"
BETA2 = "decay of Adam's second moment"
EPSILON = "added by Adam and rmsprop against division by zero"
DECAY = "decay of rmsprop's mean of squared gradients"


@dataclasses.dataclass(frozen=True)
class GradientDescent:
    """theta <- theta - learning_rate * gradient (D0 §3.2, D3 §3.1.1, D4 §3.2)."""

    learning_rate: float = hyperparameter(0.01, STEP_SIZE, accepted.POSITIVE)

    slots = 0


@dataclasses.dataclass(frozen=True)
class Momentum:
    """Gradient descent on a decaying sum of gradients (named in D3 §3.1.2)."""

    learning_rate: float = hyperparameter(0.01, STEP_SIZE, accepted.POSITIVE)
    momentum: float = hyperparameter(0.9, MOMENTUM, accepted.FRACTION)

    slots = 1


@dataclasses.dataclass(frozen=True)
class Adam:
    """Adaptive moments (D0 §3.1, D3 §3.1.2; Kingma & Ba 2014)."""

    learning_rate: float = hyperparameter(1e-3, STEP_SIZE, accepted.POSITIVE)
    beta1: float = hyperparameter(0.9, BETA1, accepted.FRACTION)
    beta2: float = hyperparameter(0.999, BETA2, accepted.FRACTION)
    epsilon: float = hyperparameter(1e-8, EPSILON, accepted.POSITIVE)

    slots = 2


@dataclasses.dataclass(frozen=True)
class RmsProp:
    """Steps scaled by a mean of squared gradients that starts at one (D0 §3.2, D3 §3.1.3)."""

    learning_rate: float = hyperparameter(1e-3, STEP_SIZE, accepted.POSITIVE)
    decay: float = hyperparameter(0.9, DECAY, accepted.FRACTION)
    momentum: float = hyperparameter(0.0, MOMENTUM, accepted.FRACTION)
    epsilon: float = hyperparameter(1e-10, EPSILON, accepted.POSITIVE)

    slots = 2


@dataclasses.dataclass(frozen=True)
class Adagrad:
    """Steps scaled by the sum of all squared gradients (named in D4 §5)."""

    learning_rate: float = hyperparameter(0.01, STEP_SIZE, accepted.POSITIVE)
    initial_accumulator: float = hyperparameter(
        0.1, "start of Adagrad's sum of squared gradients", accepted.POSITIVE)

    slots = 1


@dataclasses.dataclass(frozen=True)
class AdamD0:
    """Adam as D0 §3.1 prints it, without bias correction; D0's code is tf.keras (erratum 25)."""

    learning_rate: float = hyperparameter(2e-4, STEP_SIZE, accepted.POSITIVE)
    beta1: float = hyperparameter(0.5, BETA1, accepted.FRACTION)
    beta2: float = hyperparameter(0.999, BETA2, accepted.FRACTION)
    epsilon: float = hyperparameter(1e-7, EPSILON, accepted.POSITIVE)

    slots = 2


@dataclasses.dataclass(frozen=True)
class AdamD3:
    """Adam as D3 §3.1.2 prints it: a second moment is kept and never divides (erratum 26)."""

    learning_rate: float = hyperparameter(1e-3, STEP_SIZE, accepted.POSITIVE)
    beta1: float = hyperparameter(0.9, BETA1, accepted.FRACTION)
    beta2: float = hyperparameter(0.999, BETA2, accepted.FRACTION)

    slots = 2


@dataclasses.dataclass(frozen=True)
class RmsPropD3:
    """RMSprop as D3 §3.1.3 prints it: from zero, epsilon outside the root (erratum 27)."""

    learning_rate: float = hyperparameter(1e-3, STEP_SIZE, accepted.POSITIVE)
    decay: float = hyperparameter(0.9, DECAY, accepted.FRACTION)
    epsilon: float = hyperparameter(1e-10, EPSILON, accepted.POSITIVE)

    slots = 1


# By a document's formula; no library has them.
DOCUMENT_RULES = ("adam_d0", "adam_d3", "rmsprop_d3")

OPTIMIZERS = {
    "sgd": GradientDescent,
    "momentum": Momentum,
    "adam": Adam,
    "rmsprop": RmsProp,
    "adagrad": Adagrad,
    "adam_d0": AdamD0,
    "adam_d3": AdamD3,
    "rmsprop_d3": RmsPropD3,
}
