"""Orders a port's variables by the first call of their layers.

A functional model sorts its layers by their distance from its outputs, which mixes two towers; the
order of first calls, while the model is built or in its first step, is the author's.
"""

import functools
import itertools


def note_calls(kind):
    """Makes every object of a class number its first call, in its attribute `parity_called`."""
    original, count = kind.__call__, itertools.count()

    @functools.wraps(original)
    def noting(self, *args, **kwargs):
        if "parity_called" not in vars(self):
            object.__setattr__(self, "parity_called", next(count))
        return original(self, *args, **kwargs)

    kind.__call__ = noting


def by_use(models, owned):
    """`naming.Owned` variables sorted by the first call of their layer, else of the outer layer."""
    numbers = {}
    for model in models:
        _note(model, float("inf"), numbers)
    return sorted(owned, key=lambda entry: numbers.get(id(entry.layer), float("inf")))


def _note(layer, around, numbers):
    if id(layer) not in numbers:
        numbers[id(layer)] = getattr(layer, "parity_called", around)
        for inner in layer._layers:
            _note(inner, numbers[id(layer)], numbers)
