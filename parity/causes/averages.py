"""Changes of moving averages and moving statistics."""

import numpy as np

from parity.causes import rewiring
from parity.causes.change import Change, Entry, number
from parity.common.rungs import STATE, TRAINING
from parity.reference.reading import assignments
from parity.reference.reading import tensors

_DECAYS = (0.9, 0.99, 0.999, 0.9999, 0.95)


def _average(place):
    """The moving average of the graph that is the place's variable, or None."""
    return next((each for each in assignments.moving_averages(place.captured)
                 if each.variable == place.target), None)


def _moved(names, factor):
    """Returns a function (before, after) that multiplies the moves of variables by a factor.

    Args:
      names: names of the variables.
      factor: the factor.
    """
    def finish(before, after):
        return {name: before[name] + factor * (after[name] - before[name])
                for name in names if name in before and name in after}
    return finish


def _scaled(operations, factor):
    """Edit that multiplies each move of moving averages, which may be several in a step.

    Args:
      operations: names of their writes.
      factor: the factor.
    """
    def edit(graph_def):
        subtract = {node.name: node.op.startswith("AssignSub") for node in graph_def.node}
        for is_move, make in ((True, lambda move: factor * move),
                              (False, lambda value: _towards(value, factor))):
            found = [name for name in operations if subtract.get(name) == is_move]
            if found:
                graph_def = rewiring.given_instead(found, 1, make, alone=True)(graph_def)
        return graph_def
    return edit


def _towards(value, factor):
    """The sum decay * average + (1 - decay) * value, whose distance from the average is scaled."""
    mixture = tensors.through(value, assignments.PASSING).op
    terms = [tensors.with_constant(tensors.through(each, assignments.PASSING).op)
             for each in mixture.inputs]
    average = next(term.other for term in terms
                   if tensors.variable_of(term.other, assignments.PASSING))
    return average + factor * (value - average)


def _with_decay(pairs, function, early=False):
    """Returns a function (before, after) that computes moving averages with another decay.

    Args:
      pairs: `{name of a moving average: name of its variable}`.
      function: function of the decay in the reference's step that returns the other decay.
      early: True where the average takes the variable before its update.
    """
    def finish(before, after):
        found = {}
        for name, of in pairs.items():
            if name in before and of in after:
                value = (before if early else after)[of]
                decay = function(_decay(before[name], after[name], after[of]))
                found[name] = value + decay * (before[name] - value)
        return found
    return finish


def _of_variables(place):
    """Yields averages of variables before their update, or that begin with the first update."""
    pairs = _averaged(place)
    yield Change("moving average", "averages take variables before their update, in the "
                 "reference after it", "the average after optimizer.apply",
                 finish=_with_decay(pairs, lambda decay: decay, early=True))
    yield Change("moving average", "the average is the variable after its first update, in the "
                 "reference one from the start", "an average that is assigned before the first "
                 "step: use_ema begins after it", finish=_with_decay(pairs, lambda decay: 0.0))


def _counted(place):
    """Yields averages whose decay grows with another count of updates, or does not grow."""
    pairs = _averaged(place)
    for words, more in (("ahead", 1), ("behind", -1)):
        yield Change(
            "moving average", "the averages' count of updates is one {}".format(words),
            "min(decay, (1 + updates) / (10 + updates)) with the reference's count",
            finish=_with_decay(pairs, lambda decay, more=more: (
                (1.0 + _updates(decay) + more) / (10.0 + _updates(decay) + more))))
    constant = place.optimizer.get("ema_momentum")
    if isinstance(constant, float):
        yield Change("moving average", "the moving average keeps {} from the first update on, in "
                     "the reference less of the first ones".format(number(constant)),
                     "min(decay, (1 + updates) / (10 + updates)), as num_updates makes it",
                     finish=_with_decay(pairs, lambda decay: constant), declared=True)


def _averaged(place):
    """`{name of a moving average: name of its variable}` of the program."""
    return {each.variable: each.source for each in assignments.moving_averages(place.captured)
            if each.of_variable}


def _decay(before, after, value):
    """The decay of an average in a step: after - value = decay * (before - value)."""
    old, new = np.ravel(before - value), np.ravel(after - value)
    size = np.dot(old, old)
    return np.dot(old, new) / size if size else 1.0


def _updates(decay):
    """The count of updates n with the decay (1 + n) / (10 + n)."""
    return round((10.0 * decay - 1.0) / (1.0 - decay)) if decay < 1.0 else 0.0


def changes(place):
    """Yields the average with another decay, with no update, or with two in a step."""
    own = _average(place)
    if own is None:
        return
    alike = [each for each in assignments.moving_averages(place.captured)
             if each.decay == own.decay and each.of_variable == own.of_variable]
    names = [each.variable for each in alike]
    yield Change("moving average", "moving averages are not updated", "layer(x, training=True)",
                 finish=_moved(names, 0.0))
    if own.of_variable:
        yield from _of_variables(place)
        if own.counter:
            yield from _counted(place)
    if not own.decay or own.decay >= 1 or own.counter:
        return
    argument = "ema_momentum" if own.of_variable else "momentum"
    declared = place.numbers("momentum") + [place.optimizer.get("ema_momentum")]
    others = declared + [float("{:.9g}".format(1.0 - own.decay))] + list(_DECAYS)
    for other in dict.fromkeys(each for each in others if isinstance(each, float)):
        if abs(other - own.decay) > 1e-9:
            yield Change("moving average", "the moving average keeps {}, in the reference "
                         "{}".format(number(other), number(own.decay)),
                         "{}={}".format(argument, number(own.decay)),
                         (_scaled([each.operation for each in alike],
                                  (1.0 - other) / (1.0 - own.decay)),),
                         declared=other in declared)
    yield Change("moving average", "moving averages are updated twice in a step",
                 "one call with training=True in a step",
                 finish=_moved(names, 1.0 + own.decay))


ENTRIES = [Entry("moving average", (STATE, TRAINING), "another decay, 1 - decay, no update, two",
                 changes, "momentum=..., ema_momentum=...")]
