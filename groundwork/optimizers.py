"""Numbers of the optimisers, by the names and with the defaults of `tf.train` (TensorFlow 1)."""

import dataclasses


def setting(default, meaning):
    """A dataclass field with the sentence that `--help` shows for it."""
    return dataclasses.field(default=default, metadata={"meaning": meaning})


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


OPTIMIZERS = {
    "sgd": GradientDescent,
    "momentum": Momentum,
    "adam": Adam,
    "rmsprop": RmsProp,
    "adagrad": Adagrad,
}


def name_of(settings):
    """The flag value that selects this kind of settings."""
    return next(name for name, kind in OPTIMIZERS.items() if isinstance(settings, kind))
