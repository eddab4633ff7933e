"""Answers the random draws of a port's step with the numbers that the reference drew."""

import inspect

import keras
from keras.src import backend
import numpy as np
import tensorflow as tf

_DISTRIBUTIONS = {"uniform": ("minval", "maxval"), "normal": ("mean", "stddev"),
                  "truncated_normal": ("mean", "stddev")}
# Functions whose draws no given numbers can answer; calls of them are noted.
_UNANSWERED = {backend.random: ("shuffle", "gamma", "binomial", "beta"),
               tf.random: ("shuffle", "gamma", "poisson")}


class Draws:
    """Random numbers of the reference, in order, and notes on which of them the port took.

    A draw takes the first array left of its kind and shape; if there is none, the first of its
    kind and size (a mask before a reshape is the mask after it). Else the port draws by itself.

    Args:
      numbers: arrays, in the order in which the reference drew them.
      kinds: kind of each: "uniform" on [0, 1), "normal" and "truncated_normal" (mean 0, deviation
        1), "whole numbers" as the reference used them, or "categorical", class numbers.
    """

    def __init__(self, numbers=(), kinds=()):
        self._left = {number: (kind, np.asarray(array))
                      for number, (kind, array) in enumerate(zip(kinds, numbers))}
        self._used, self._reshaped, self._unanswered = [], [], []

    def take(self, kind, shape, function, fits=lambda array: True):
        """Array for a draw, or None if none is left that fits.

        Args:
          kind: kind of the draw.
          shape: its shape, a tuple.
          function: name of the function that draws, for notes.
          fits: function (array) that is true of arrays that the draw could give.
        """
        same_kind = [(number, array) for number, (other, array) in self._left.items()
                     if other == kind and fits(array)]
        exact = [found for found in same_kind if found[1].shape == shape]
        size = int(np.prod(shape))
        fitting = exact or [found for found in same_kind if found[1].size == size]
        if not fitting:
            self.note_unanswered(function, shape)
            return None
        number, array = fitting[0]
        del self._left[number]
        self._used.append(number)
        if not exact:
            self._reshaped.append({"draw": number, "shape": list(shape)})
        return array.reshape(shape)

    def note_unanswered(self, function, shape):
        """Notes a draw that the port makes by itself; arguments as for `take`."""
        self._unanswered.append({"function": function, "shape": list(shape)})

    def repeatable(self):
        """True where the port's own draws are the same again from the same state of Keras."""
        return not any(draw["function"].startswith("tf.") for draw in self._unanswered)

    def notes(self):
        """Notes, as lists: arrays "used" in order, "left" over, "reshaped"; "unanswered" draws."""
        return {"used": self._used, "left": list(self._left), "reshaped": self._reshaped,
                "unanswered": self._unanswered}


def replacements(draws):
    """Replacements, for `hooks.replaced`, of functions of Keras and TensorFlow that draw."""
    found = [(tf.nn, "dropout", _dropout(draws, tf.nn.dropout, "tf.nn")),
             (backend.random, "dropout", _dropout(draws, backend.random.dropout, "keras.random"))]
    for module, place in ((backend.random, "keras.random"), (tf.random, "tf.random")):
        for kind, bounds in _DISTRIBUTIONS.items():
            found.append((module, kind, _distribution(
                draws, vars(module)[kind], place, kind, bounds)))
        found.append((module, "categorical", _categorical(
            draws, vars(module)["categorical"], place)))
        found += [(module, name, _noted(draws, vars(module)[name], f"{place}.{name}"))
                  for name in _UNANSWERED[module]]
    found.append((backend.random, "randint", _whole_numbers(
        draws, backend.random.randint, "keras.random.randint")))
    return [(module, name, _eagerly(vars(module)[name], answered))
            for module, name, answered in found]


def _eagerly(original, answered):
    """Function that answers eager calls only: Keras also traces calls to infer shapes."""
    return lambda *args, **kwargs: (
        answered if tf.executing_eagerly() else original)(*args, **kwargs)


def _arguments(function, args, kwargs):
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.arguments


def _shape(shape):
    return tuple(int(size) for size in shape)


def _number(value, dtype):
    """Bound of a distribution in the draw's dtype; a Python number is not rounded to float32."""
    return tf.cast(value, dtype) if hasattr(value, "dtype") else tf.constant(value, dtype)


def _distribution(draws, original, place, kind, bounds):
    first, second = bounds
    whole = _whole_numbers(draws, original, f"{place}.{kind}")

    def drawn(*args, **kwargs):
        asked = _arguments(original, args, kwargs)
        dtype = tf.as_dtype(asked["dtype"] or keras.config.floatx())
        if not dtype.is_floating:  # `uniform` of integers, which numbers on [0, 1) cannot answer
            return whole(*args, **kwargs)
        numbers = draws.take(kind, _shape(asked["shape"]), f"{place}.{kind}")
        if numbers is None:
            return original(*args, **kwargs)
        low = _number(asked[first], dtype)
        high = _number(1.0 if asked[second] is None else asked[second], dtype)
        return tf.cast(numbers, dtype) * (high - low if kind == "uniform" else high) + low
    return drawn


def _whole_numbers(draws, original, function):
    def drawn(*args, **kwargs):
        asked = _arguments(original, args, kwargs)
        low, high = np.min(asked["minval"]), np.max(asked["maxval"])
        numbers = draws.take("whole numbers", _shape(asked["shape"]), function,
                             lambda array: array.size and low <= array.min() and array.max() < high)
        return original(*args, **kwargs) if numbers is None else tf.cast(numbers, asked["dtype"])
    return drawn


def _categorical(draws, original, place):
    def drawn(*args, **kwargs):
        asked = _arguments(original, args, kwargs)
        rows, classes = np.shape(asked["logits"])
        numbers = draws.take("categorical", (rows, int(asked["num_samples"])),
                             f"{place}.categorical", lambda array: (array < classes).all())
        if numbers is None:
            return original(*args, **kwargs)
        return tf.cast(numbers, asked["dtype"] or "int64")
    return drawn


def _dropout(draws, original, place):
    def dropped(*args, **kwargs):
        asked = _arguments(original, args, kwargs)
        inputs = tf.convert_to_tensor(next(iter(asked.values())))  # "inputs" in Keras, else "x"
        rate = float(asked["rate"])
        shape = inputs.shape if asked["noise_shape"] is None else [
            size if wanted is None else wanted
            for size, wanted in zip(inputs.shape, asked["noise_shape"])]
        if rate in (0.0, 1.0):
            return original(*args, **kwargs)
        numbers = draws.take("uniform", _shape(shape), f"{place}.dropout")
        if numbers is None:
            return original(*args, **kwargs)
        kept = tf.cast(numbers, inputs.dtype) >= tf.constant(rate, inputs.dtype)
        scaled = inputs * tf.constant(1.0 / (1.0 - rate), inputs.dtype)
        return tf.where(kept, scaled, tf.zeros_like(scaled))
    return dropped


def _noted(draws, original, function):
    def drawn(*args, **kwargs):
        asked = _arguments(original, args, kwargs)
        shape = asked["shape"] if "shape" in asked else next(iter(asked.values())).shape
        draws.note_unanswered(function, _shape(shape))
        return original(*args, **kwargs)
    return drawn
