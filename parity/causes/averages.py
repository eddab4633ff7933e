"""Changes of moving averages and moving statistics."""

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


def changes(place):
    """Yields another decay, an average that stays, or that is updated twice."""
    own = _average(place)
    if own is None:
        return
    names = [each.variable for each in assignments.moving_averages(place.captured)
             if each.decay == own.decay and each.of_variable == own.of_variable]
    yield Change("moving average", "moving averages are not updated", "layer(x, training=True)",
                 finish=_moved(names, 0.0))
    if not own.decay or own.decay >= 1:
        return
    argument = "ema_momentum" if own.of_variable else "momentum"
    others = place.numbers("momentum") + [place.optimizer.get("ema_momentum"),
                                          1.0 - own.decay] + list(_DECAYS)
    for other in dict.fromkeys(each for each in others if isinstance(each, float)):
        if abs(other - own.decay) > 1e-9:
            yield Change("moving average", "the moving average keeps {}, in the reference "
                         "{}".format(number(other), number(own.decay)),
                         "{}={}".format(argument, number(own.decay)),
                         finish=_moved(names, (1.0 - other) / (1.0 - own.decay)))
    yield Change("moving average", "moving averages are updated twice in a step",
                 "one call with training=True in a step",
                 finish=_moved(names, 1.0 + own.decay))


ENTRIES = [Entry("moving average", (7, 8), "another decay, 1 - decay, no update, two", changes,
                 "momentum=..., ema_momentum=...")]
