"""Writes Keras 3 code for the optimisers, schedules and clipping of a capture."""

import math
from typing import List, NamedTuple

from parity.reference.reading import changes
from parity.reference.reading import initial_values
from parity.reference.reading import schedules
from parity.reference.reading import tensors

_CLIPS = {"clip by global norm": "global_clipnorm", "clip by norm": "clipnorm"}
# Kinds whose sparse update differs from a dense one with zeros.
LAZY = ("Momentum", "Nesterov momentum", "RMSProp", "centered RMSProp", "Adadelta", "Ftrl")
# {kind in TensorFlow 1: (class in Keras, {constant in TensorFlow 1: argument in Keras})}
_NAMES = {
    "Adam": ("Adam", {"beta1": "beta_1", "beta2": "beta_2", "epsilon": "epsilon"}),
    "hand-written Adam": ("Adam", {"beta1": "beta_1", "beta2": "beta_2", "epsilon": "epsilon"}),
    "hand-written Momentum that accumulates the rate": ("SGD", {"momentum": "momentum"}),
    "Momentum that accumulates the rate": ("SGD", {"momentum": "momentum"}),
    "Nesterov Adam": ("Nadam", {"beta1": "beta_1", "beta2": "beta_2", "epsilon": "epsilon"}),
    "Momentum": ("SGD", {"momentum": "momentum"}),
    "Nesterov momentum": ("SGD", {"momentum": "momentum"}),
    "gradient descent": ("SGD", {}),
    "RMSProp": ("RMSprop", {"rho": "rho", "momentum": "momentum", "epsilon": "epsilon"}),
    "centered RMSProp": ("RMSprop", {"rho": "rho", "momentum": "momentum", "epsilon": "epsilon"}),
    "Adagrad": ("Adagrad", {"epsilon": "epsilon"}),
    "Adadelta": ("Adadelta", {"rho": "rho", "epsilon": "epsilon"}),
    "Ftrl": ("Ftrl", {"l1": "l1_regularization_strength", "l2": "l2_regularization_strength",
                      "lr_power": "learning_rate_power",
                      "l2_shrinkage": "l2_shrinkage_regularization_strength"})}


class Line(NamedTuple):
    """A Keras 3 expression, and the comments above it."""
    code: str
    comments: List[str]


def optimizer(graph, found):
    """`Line` that makes an optimiser; its code is "" where Keras has none.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      found: a `parity.reference.reading.updates.Optimizer`.
    """
    if found.kind not in _NAMES or "weight_decay" in found.constants:
        return Line("", ["to be filled in: an optimiser as `{}` in {}".format(
            found.kind, found.scope or "the graph"), "its numbers: {}".format(
                ", ".join("{} = {}".format(name, tensors.number(value))
                          for name, value in found.constants.items()))])
    name, names = _NAMES[found.kind]
    rate = learning_rate(found.rate)
    comments = list(rate.comments)
    arguments = ["learning_rate=" + rate.code]
    for constant, argument in names.items():
        if constant in found.constants:
            arguments.append("{}={}".format(argument, tensors.number(found.constants[constant])))
        elif constant not in ("epsilon", "l2_shrinkage"):
            comments.append("to be filled in: {}, which is no constant in TensorFlow 1".format(
                argument))
    arguments += {"Nesterov momentum": ["nesterov=True"],
                  "centered RMSProp": ["centered=True"]}.get(found.kind, [])
    arguments += _accumulators(graph, found, comments)
    arguments += _clipping(found, comments)
    comments += _differences(found)
    return Line("keras.optimizers.{}({})".format(name, ", ".join(arguments)), comments)


def _accumulators(graph, found, comments):
    """Arguments for Adagrad's and Ftrl's first accumulator, and for Adagrad's missing epsilon."""
    if found.kind not in ("Adagrad", "Ftrl"):
        return []
    initial = initial_values.read(graph, found.updates[0].slots["accum"])
    arguments = ["epsilon=0.0"] if found.kind == "Adagrad" and (
        "epsilon" not in found.constants) else []
    if initial.kind != "constant":
        comments.append("to be filled in: initial_accumulator_value")
        return arguments
    return ["initial_accumulator_value=" + tensors.number(initial.numbers["value"])] + arguments


def _clipping(found, comments):
    """Arguments for the clipping of gradients; other changes are added to the comments."""
    ways = list(dict.fromkeys(update.changes for update in found.updates))
    if len(ways) > 1:
        comments.append("to be filled in: gradients are changed in a different way for "
                        "different variables before they are applied")
        return []
    arguments = []
    for change in ways[0]:
        bounds = change.numbers
        if change.kind in _CLIPS and bounds and len(ways[0]) == 1:
            arguments.append("{}={}".format(_CLIPS[change.kind], tensors.number(bounds[0])))
        elif change.kind == "clip by value" and bounds[0] == -bounds[1] and len(ways[0]) == 1:
            arguments.append("clipvalue=" + tensors.number(bounds[1]))
        else:
            comments.append("to be filled in: gradients are " + changes.words(change))
    return arguments


def _differences(found):
    """Comments on differences that remain with equal arguments."""
    comments = []
    scheduled = found.rate is not None and found.rate.kind != "constant"
    if found.kind in ("RMSProp", "centered RMSProp"):
        comments.append("TensorFlow 1 starts RMSProp's mean of squares at ones, Keras at zeros: "
                        "after build(), assign ones to the optimizer's velocities")
    if found.kind in ("Momentum", "Nesterov momentum") and scheduled:
        comments.append("Keras keeps rate x gradient in the velocity, TensorFlow 1 the gradient "
                        "alone: they part when the rate changes")
    sparse = [update for update in found.updates if update.sparse]
    if sparse and found.kind in LAZY:
        comments.append("sparse gradients: TensorFlow 1 leaves variable and slots of rows that a "
                        "batch does not use alone")
    if any(change.kind == "clip by global norm" for update in sparse
           for change in update.changes):
        comments.append("sparse gradients: TensorFlow 1 takes their norm before it adds up rows "
                        "that a batch uses twice")
    return comments


def learning_rate(rate):
    """`Line` of a `schedules.Rate`."""
    if rate is None:
        return Line("0.001", ["to be filled in: the learning rate, which the graph does not say"])
    if rate.kind == "constant":
        return Line(tensors.number(rate.numbers["value"]), [])
    if rate.kind in _SCHEDULES:
        return Line("keras.optimizers.schedules." + _SCHEDULES[rate.kind](rate.numbers), [
            "TensorFlow 1 counts steps in `{}`, Keras the updates of this optimizer".format(
                rate.source)])
    first = [value[1] if isinstance(value, tuple) else value for value in rate.values[:1]]
    return Line(tensors.number(first[0]) if first else "0.001", [
        "to be filled in: the learning rate is {}".format(schedules.words(rate))])


# ---- Schedules ------------------------------------------------------------------------------


def _arguments(numbers, *names):
    return ", ".join(tensors.number(numbers[name]) for name in names)


def _exponential(numbers):
    return "ExponentialDecay({}, staircase={})".format(_arguments(
        numbers, "initial_learning_rate", "decay_steps", "decay_rate"), numbers["staircase"])


def _natural(numbers):
    return "ExponentialDecay({}, {}, staircase={})".format(
        _arguments(numbers, "initial_learning_rate", "decay_steps"),
        repr(math.exp(-numbers["decay_rate"])), numbers["staircase"])


def _inverse_time(numbers):
    return "InverseTimeDecay({}, staircase={})".format(_arguments(
        numbers, "initial_learning_rate", "decay_steps", "decay_rate"), numbers["staircase"])


def _polynomial(numbers):
    return "PolynomialDecay({})".format(_arguments(
        numbers, "initial_learning_rate", "decay_steps", "end_learning_rate", "power"))


def _cosine(numbers):
    return "CosineDecay({})".format(_arguments(
        numbers, "initial_learning_rate", "decay_steps", "alpha"))


def _piecewise(numbers):
    return "PiecewiseConstantDecay([{}], [{}])".format(*[
        ", ".join(map(tensors.number, numbers[name])) for name in ("boundaries", "values")])


_SCHEDULES = {"exponential decay": _exponential, "natural exponential decay": _natural,
              "inverse time decay": _inverse_time, "polynomial decay": _polynomial,
              "cosine decay": _cosine, "piecewise constant": _piecewise}
