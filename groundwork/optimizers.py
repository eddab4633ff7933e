"""Numbers of the optimisers, by the names and with the defaults of `tf.train` (TensorFlow 1).

Those of the documents' printed rules have the numbers that their document's code uses; where it
uses none, those of the `tf.train` optimiser of the same name.
"""

import dataclasses

from groundwork.settings import setting


@dataclasses.dataclass(frozen=True)
class GradientDescent:
    """theta <- theta - learning_rate * gradient (D0 §3.2, D3 §3.1.1, D4 §3.2)."""

    learning_rate: float = setting(0.01, "step size")


@dataclasses.dataclass(frozen=True)
class Momentum:
    """Gradient descent on a decaying sum of gradients (named in D3 §3.1.2)."""

    learning_rate: float = setting(0.01, "step size")
    momentum: float = setting(0.9, "decay of the sum of gradients, or of rmsprop's steps")


@dataclasses.dataclass(frozen=True)
class Adam:
    """Adaptive moments (D0 §3.1, D3 §3.1.2; Kingma & Ba 2014)."""

    learning_rate: float = setting(1e-3, "step size")
    beta1: float = setting(0.9, "decay of Adam's first moment")
    beta2: float = setting(0.999, "decay of Adam's second moment")
    epsilon: float = setting(1e-8, "what Adam and rmsprop add against division by zero")


@dataclasses.dataclass(frozen=True)
class RmsProp:
    """Steps scaled by a mean of squared gradients that starts at one (D0 §3.2, D3 §3.1.3)."""

    learning_rate: float = setting(1e-3, "step size")
    decay: float = setting(0.9, "decay of rmsprop's mean of squared gradients")
    momentum: float = setting(0.0, "decay of the sum of gradients, or of rmsprop's steps")
    epsilon: float = setting(1e-10, "what Adam and rmsprop add against division by zero")


@dataclasses.dataclass(frozen=True)
class Adagrad:
    """Steps scaled by the sum of all squared gradients (named in D4 §5)."""

    learning_rate: float = setting(0.01, "step size")
    initial_accumulator: float = setting(0.1, "start of Adagrad's sum of squared gradients")


@dataclasses.dataclass(frozen=True)
class AdamD0:
    """Adam as D0 §3.1 prints it, without bias correction; D0's code is tf.keras (ledger 25)."""

    learning_rate: float = setting(2e-4, "step size")
    beta1: float = setting(0.5, "decay of Adam's first moment")
    beta2: float = setting(0.999, "decay of Adam's second moment")
    epsilon: float = setting(1e-7, "what Adam and rmsprop add against division by zero")


@dataclasses.dataclass(frozen=True)
class AdamD3:
    """Adam as D3 §3.1.2 prints it: it keeps a second moment and never divides by it (ledger 26)."""

    learning_rate: float = setting(1e-3, "step size")
    beta1: float = setting(0.9, "decay of Adam's first moment")
    beta2: float = setting(0.999, "decay of Adam's second moment")


@dataclasses.dataclass(frozen=True)
class RmsPropD3:
    """RMSprop as D3 §3.1.3 prints it: from zero, epsilon outside the root (ledger 27)."""

    learning_rate: float = setting(1e-3, "step size")
    decay: float = setting(0.9, "decay of rmsprop's mean of squared gradients")
    epsilon: float = setting(1e-10, "what Adam and rmsprop add against division by zero")


PRINTED = ("adam_d0", "adam_d3", "rmsprop_d3")  # by a document's formula; no library has them

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
