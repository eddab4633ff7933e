"""Changes of a learning rate's schedule."""

import numpy as np
import tensorflow.compat.v1 as tf

from parity.causes import normalisation
from parity.causes import rewiring
from parity.causes.change import Change, Entry, number
from parity.common.rungs import TRAINING, UPDATE
from parity.reference.keras_frame import keras_optimizers
from parity.reference.reading import schedules
from parity.reference.reading import tensors

_DIVISIONS = ("RealDiv", "Div")
_COMPARISONS = ("LessEqual", "Less", "Greater", "GreaterEqual", "Equal")


def _rate(place):
    """The `Rate` of the place's variable; None where it has none, or is not trained."""
    own = place.own()
    return own.rate if own else None


def _operations(place):
    """Operations that compute the rate of the place's variable from the counter of steps."""
    rate = _rate(place)
    if rate is None or rate.kind in ("constant", "variable", "fed"):
        return []
    return sorted(tensors.ancestors([place.graph.tensor(rate.tensor)]), key=place.graph.order)


def _counted(op, counter):
    """Positions of an operation's inputs that are the counter."""
    return [place for place, given in enumerate(op.inputs)
            if tensors.variable_of(given) == counter]


def stairs(place):
    """Yields a schedule with stairs for one without, and the other way."""
    ops = _operations(place)
    floors = [op.name for op in ops if op.type == "Floor"]
    if floors:
        yield Change("schedule's stairs", "the rate falls evenly, in the reference in stairs",
                     "staircase=True", (rewiring.of_another_type(floors, "Identity"),))
    counter = _rate(place).source if ops else ""
    for op in ops if not floors else ():
        if op.type in _DIVISIONS and counter in {
                tensors.variable_of(given, tensors.PASSING + ("Cast",)) for given in op.inputs[:1]}:
            yield Change("schedule's stairs", "the rate falls in stairs, in the reference evenly",
                         "staircase=False",
                         (rewiring.substituted([op.outputs[0].name], tf.floor),))


def late(place):
    """Yields a schedule that is one step ahead or behind, or that stays where it starts."""
    ops, rate = _operations(place), _rate(place)
    casts = [op.outputs[0].name for op in ops if op.type == "Cast" and _counted(op, rate.source)]
    compared = [op for op in ops if op.type in _COMPARISONS and _counted(op, rate.source)]
    for words, more in (("a step ahead", 1), ("a step behind", -1)):
        made = [rewiring.substituted(casts, lambda old, more=more: old + more)] if casts else []
        made += [rewiring.given_instead([op.name], _counted(op, rate.source)[0],
                                        lambda old, more=more: old + more) for op in compared]
        if made:
            yield Change("schedule's count", "the schedule is {}".format(words),
                         "the schedule of optimizer.iterations, which begin at 0", tuple(made))
    if ops and rate.values:
        first = rate.values[0][1]
        yield Change("schedule's count", "the rate stays {}, in the reference it changes".format(
            number(first)), "learning_rate=keras.optimizers.schedules...", (
                rewiring.substituted([rate.tensor], lambda old: tf.constant(first, tf.float32)),))


def ports(place):
    """Yields the schedule in the port's configuration, by Keras's formula."""
    config = place.optimizer.get("learning_rate")
    rate = _rate(place)
    if not isinstance(config, dict) or config.get("class") not in _FORMULAS or not (
            rate and rate.tensor and rate.source):
        return
    if [name for name, _, _ in _apart(config, rate)] == ["staircase"]:
        return  # `stairs` says it
    function, arguments = _FORMULAS[config["class"]], config["config"]

    def make(old):
        counter = normalisation.read(old.graph.get_operation_by_name(rate.source))
        return function(tf.cast(counter, tf.float32), arguments)
    yield Change("schedule", _said(config, rate), "learning_rate=" + keras_optimizers.learning_rate(
        rate).code, (rewiring.substituted([rate.tensor], make),), declared=True)


def _said(config, rate):
    """A sentence on the differences of the port's schedule."""
    apart = _apart(config, rate)
    if not apart:
        return "the schedule is {}, in the reference {}".format(
            config["class"], schedules.words(rate))
    return "; ".join("the schedule's {} is {}, in the reference {}".format(
        name, _shown(ours), _shown(theirs)) for name, ours, theirs in apart)


def _apart(config, rate):
    """[(argument, the port's value, the reference's)] in which both schedules differ."""
    return [(name, value, rate.numbers[name]) for name, value in config["config"].items()
            if name in rate.numbers and not _are_equal(value, rate.numbers[name])]


def _are_equal(one, other):
    if isinstance(one, list) or isinstance(other, list):
        return isinstance(one, list) and isinstance(other, list) and len(one) == len(
            other) and all(map(_are_equal, one, other))
    return abs(float(one) - float(other)) <= 1e-6 * abs(float(other))


def _shown(value):
    return "[{}]".format(", ".join(map(_shown, value))) if isinstance(value, list) else (
        number(value) if not isinstance(value, bool) else str(value))


# ---- Keras's schedules: functions of the counter, a float32 scalar, and {argument: value} ---


def _exponential(step, given):
    times = step / given["decay_steps"]
    return given["initial_learning_rate"] * tf.pow(
        tf.constant(given["decay_rate"], tf.float32),
        tf.floor(times) if given.get("staircase") else times)


def _inverse_time(step, given):
    times = step / given["decay_steps"]
    return given["initial_learning_rate"] / (
        1.0 + given["decay_rate"] * (tf.floor(times) if given.get("staircase") else times))


def _polynomial(step, given):
    steps = tf.constant(given["decay_steps"], tf.float32)
    if given.get("cycle"):
        steps *= tf.maximum(tf.ceil(step / steps), 1.0)
    end = given["end_learning_rate"]
    left = tf.pow(1.0 - tf.minimum(step, steps) / steps, given["power"])
    return (given["initial_learning_rate"] - end) * left + end


def _cosine(step, given):
    share = tf.minimum(step / given["decay_steps"], 1.0)
    decayed = 0.5 * (1.0 + tf.cos(np.float32(np.pi) * share))
    alpha = given["alpha"]
    return given["initial_learning_rate"] * ((1.0 - alpha) * decayed + alpha)


def _piecewise(step, given):
    rate = tf.constant(given["values"][0], tf.float32)
    for boundary, value in zip(given["boundaries"], given["values"][1:]):
        rate = tf.where(step > boundary, tf.constant(value, tf.float32), rate)
    return rate


_FORMULAS = {"ExponentialDecay": _exponential, "InverseTimeDecay": _inverse_time,
             "PolynomialDecay": _polynomial, "CosineDecay": _cosine,
             "PiecewiseConstantDecay": _piecewise}
ENTRIES = [
    Entry("schedule's stairs", (UPDATE, TRAINING), "a schedule with stairs for one without", stairs,
          "staircase=..."),
    Entry("schedule's count", (UPDATE, TRAINING), "a schedule one step ahead or behind, or none",
          late, "the schedule of optimizer.iterations"),
    Entry("schedule", (UPDATE, TRAINING), "the schedule that the port's optimiser says it has",
          ports, "learning_rate=keras.optimizers.schedules...")]
