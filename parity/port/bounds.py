"""Finds bounds in a port's step that never act, so that no comparison tests them.

Watched are clips, maxima and minima that the author's code calls (not those that Keras calls
internally), the clipping of Keras's optimisers, and constraints of variables.
"""

import traceback

import keras
import numpy as np
import tensorflow as tf

from parity.common import sources
from parity.port import hooks

_CLIPS = ((keras.ops, "clip"), (tf, "clip_by_value"), (tf, "clip_by_norm"),
          (tf, "clip_by_global_norm"))
_EITHER = ((keras.ops, "maximum"), (keras.ops, "minimum"), (tf, "maximum"), (tf, "minimum"))
# Relative rounding of a clip by norm that changes nothing: it multiplies and divides by one number.
_ROUNDING = 1e-6
_CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")


class Bounds:
    """Bounds of a port, watched while it takes eager steps."""

    def __init__(self):
        self._acts = {}

    def never(self):
        """Sorted lines that name the bounds that were called and changed nothing."""
        return sorted(name for name, acts in self._acts.items() if not all(acts))

    def watching(self, port):
        """Replacements for `hooks.replaced` that watch the bounds of a `Port`."""
        found = [(owner, name, self._calls(vars(owner)[name], name, count))
                 for functions, count in ((_CLIPS, 1), (_EITHER, 2)) for owner, name in functions]
        constrained = {id(entry.variable.constraint): (entry.variable.constraint,
                                                       port.names.of(entry.variable))
                       for entry in port.owned
                       if getattr(entry.variable, "constraint", None) is not None}

        def noting(original, constraint, value):
            result = original(constraint, value)
            if id(constraint) in constrained:
                self._see(f"the constraint of {constrained[id(constraint)][1]}", result, [value])
            return result
        return found + hooks.outermost({type(each) for each, _ in constrained.values()},
                                       "__call__", noting)

    def see_clipping(self, number, optimizer, gradients, clipped):
        """Notes if an optimiser's clipping acted.

        Args:
          number: number of the optimiser.
          optimizer: the optimiser.
          gradients, clipped: lists of arrays before and after its clipping.
        """
        for name in _CLIPPING:
            bound = getattr(optimizer, name, None)
            if bound is not None:
                self._see(f"{name}={bound:g} of optimiser {number + 1}", clipped, [gradients])

    def _calls(self, original, name, count):
        """Function that calls the original and notes if it changed its first `count` arguments."""
        def noting(*args, **kwargs):
            result = original(*args, **kwargs)
            line = sources.own_line(traceback.extract_stack(limit=2)[:1])
            kept = result[0] if isinstance(result, tuple) else result
            if line and len(args) >= count and _have_values(kept):
                self._see(f"{name} ({line})", kept, args[:count])
            return result
        return noting

    def _see(self, name, result, given):
        acts = [not _same(result, each) for each in given]
        before = self._acts.get(name, [False] * len(acts))
        self._acts[name] = [one or other for one, other in zip(before, acts)]


def _have_values(result):
    """True where a tensor, or each of a list, has a value: none has in a traced function."""
    each = result if isinstance(result, (list, tuple)) else [result]
    return all(one is None or isinstance(one, (tf.Tensor, tf.IndexedSlices)) and
               not tf.is_symbolic_tensor(one) for one in each)


def _same(result, given):
    """True where tensors, or lists of tensors, are equal but for rounding."""
    if isinstance(result, (list, tuple)):
        return all(map(_same, result, given))
    if result is None or given is None:
        return result is given
    return np.allclose(_array(result), _array(given), rtol=_ROUNDING, atol=0)


def _array(tensor):
    return keras.ops.convert_to_numpy(tensor)
