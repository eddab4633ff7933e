"""Changes of moving averages and moving statistics."""

import numpy as np

from parity.causes.change import Change, Entry, number
from parity.reference.reading import assignments

_DECAYS = (0.9, 0.99, 0.999, 0.9999, 0.95)


def _average(place):
    return next((each for each in assignments.moving_averages(place.captured)
                 if each.variable == place.target), None)


def _moved(names, factor):
    """Function of (before, after) that moves variables so many times as far."""
    def finish(before, after):
        return {name: before[name] + factor * (after[name] - before[name])
                for name in names if name in before and name in after}
    return finish


def _of_variables(place, counted):
    """Yields averages of variables before their update; `counted`: also with another count."""
    pairs = {each.variable: each.source for each in assignments.moving_averages(
        place.captured) if each.of_variable}

    def kept(function, early=False):
        """Averages of which a function of what the reference keeps is kept."""
        def finish(before, after):
            found = {}
            for name, of in pairs.items():
                if name in before and of in after:
                    value, share = (before if early else after)[of], _share(
                        before[name], after[name], after[of])
                    found[name] = value + function(share) * (before[name] - value)
            return found
        return finish
    yield Change("moving average", "averages take variables before their update, in the "
                 "reference after it", "the average after optimizer.apply",
                 finish=kept(lambda share: share, early=True))
    yield Change("moving average", "the average is the variable after its first update, in the "
                 "reference one from the start", "an average that is assigned before the first "
                 "step: use_ema begins after it", finish=kept(lambda share: 0.0))
    if not counted:
        return
    for words, more in (("ahead", 1), ("behind", -1)):
        yield Change(
            "moving average", "the averages' count of updates is one {}".format(words),
            "min(decay, (1 + updates) / (10 + updates)) with the reference's count",
            finish=kept(lambda share, more=more: (
                (1.0 + _updates(share) + more) / (10.0 + _updates(share) + more))))
    constant = place.optimizer.get("ema_momentum")
    if isinstance(constant, float):
        yield Change("moving average", "the moving average keeps {} from the first update on, in "
                     "the reference less of the first ones".format(number(constant)),
                     "min(decay, (1 + updates) / (10 + updates)), as num_updates makes it",
                     finish=kept(lambda share: constant), declared=True)


def _share(before, after, value):
    """What an average kept of itself: after - value = share * (before - value)."""
    old, new = np.ravel(before - value), np.ravel(after - value)
    size = np.dot(old, old)
    return np.dot(old, new) / size if size else 1.0


def _updates(share):
    """The count of updates of which (1 + n) / (10 + n) is kept."""
    return round((10.0 * share - 1.0) / (1.0 - share)) if share < 1.0 else 0.0


def changes(place):
    """Yields another decay, an average that stays, or that is updated twice."""
    own = _average(place)
    if own is None:
        return
    names = [each.variable for each in assignments.moving_averages(place.captured)
             if each.decay == own.decay and each.of_variable == own.of_variable]
    yield Change("moving average", "moving averages are not updated", "layer(x, training=True)",
                 finish=_moved(names, 0.0))
    if own.of_variable:
        yield from _of_variables(place, bool(own.counter))
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
                         finish=_moved(names, (1.0 - other) / (1.0 - own.decay)),
                         declared=other in declared)
    yield Change("moving average", "moving averages are updated twice in a step",
                 "one call with training=True in a step",
                 finish=_moved(names, 1.0 + own.decay))


ENTRIES = [Entry("moving average", (7, 8), "another decay, 1 - decay, no update, two", changes,
                 "momentum=..., ema_momentum=...")]
