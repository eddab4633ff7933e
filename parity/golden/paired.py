"""A port's trace beside the golden file's reference, in one precision."""

import collections.abc

import numpy as np

from parity.common import keys
from parity.common import rungs
from parity.golden import file
from parity.golden.layout import INFERRED, Layout
from parity.judge import differences
from parity.judge import findings
from parity.judge import forward_only
from parity.judge import judge
from parity.judge import movement
from parity.judge import sources
from parity.judge import tensor_names
from parity.judge import uncompared
from parity.judge import unexercised
from parity.judge.rungs import forward
from parity.judge.rungs import losses
from parity.judge.rungs import structure
from parity.judge.trained import TRAINED
from parity.pair import far_rates

_TENSOR = "golden file"
_UNPROVED = ("it holds no capture: the replay, initialisers, free runs and checkpoints were not "
             "compared")
# Rungs that a golden file cannot compare, or not whole.
_RUNGS = (rungs.REPLAY, rungs.INITIALISERS, rungs.TRAINING, rungs.CHECKPOINT)
_OTHERWISE = "the golden file holds it in another layout: write it anew with this port"


class _Sketched(collections.abc.Mapping):
    """The arrays of a port's trace as sketches, each made once."""

    def __init__(self, trace):
        self._trace, self._made = trace, {}

    def __getitem__(self, name):
        if name not in self._made:
            value = self._trace[name]
            self._made[name] = file.sketched(name, value) if value.dtype.kind in "fiub" else value
        return self._made[name]

    def __contains__(self, name):
        return name in self._trace

    def __iter__(self):
        return iter(self._trace)

    def __len__(self):
        return len(self._trace)


def kept(header, dtype):
    """`{name: array}` of the scalars that a golden file keeps as they are, in a precision."""
    return {name: np.asarray(value, dtype if isinstance(value, float) else None)
            for name, value in header["kept"][dtype].items()}


class Pair:
    """Both sides in one precision.

    Args:
      golden: the `Golden`.
      found: the `Mapping`.
      dtype: the precision.
      whole: `Sides` whose reference holds the start of each step, and whose port holds all arrays.

    Attributes:
      forward: True where the pair only runs forward.
      kind: the `Kind` of pair.
      sides: the `Sides` of sketches.
    """

    def __init__(self, golden, found, dtype, whole):
        self._golden, self._found, self.dtype = golden, found, dtype
        self.forward = found.reference["forward"]
        self.kind = forward_only.FORWARD if self.forward else TRAINED
        self._layout = Layout(found)
        self._reference = _reference(golden, self._layout, dtype, whole)
        self.sides = self.with_port(whole.port, whole.steps)

    def with_port(self, port, steps):
        """The `Sides` of sketches, with another trace of the port."""
        return self._layout.sides(self._reference, _Sketched(port), steps)

    def comparison(self, unrepeatable=()):
        """The `Comparison` of both sides; `unrepeatable` are `Unrepeatable`s of the port."""
        return judge.comparison(
            self.kind.compared(self.sides), self.sides, self.dtype, unrepeatable)

    def other_findings(self, bounds):
        """Yields findings that do not come from the tensors of the steps.

        Args:
          bounds: lines on the port's bounds that never act in the steps.
        """
        for path in self._layout.missing(self._reference, self.sides.first_step):
            rung = rungs.STATE if tensor_names.is_slot(path) else rungs.UPDATE
            yield findings.Finding(rung, self.dtype, path, differences.INCONCLUSIVE,
                                   note=_OTHERWISE)
        yield from movement.found({self.dtype: self.sides})
        if not self.forward:
            yield from losses.not_run(self.sides, self.dtype)
        yield from unexercised.found({"reference": self._golden.header["unexercised"],
                                      "port": bounds}, self.dtype)

    def inference(self, ours):
        """[`Compared`] of the pass without training.

        Args:
          ours: `{"output/<step>/<place>": array}` of the port.
        """
        theirs = {name[len(INFERRED):]: value for name, value in self._reference.items()
                  if name.startswith(INFERRED)}
        return list(forward.inference(self.sides, self.dtype, theirs, _Sketched(ours)))

    def far_rates(self, ours):
        """([`Compared`], [`Finding`]) of learning rates at far steps.

        Args:
          ours: the port's answer to the recorder's job "rates".
        """
        read = self._golden.header["rates"]
        return far_rates.found_by(self.sides, self._found, self.dtype, read["answer"], ours,
                                  read["steps"])


def _reference(golden, layout, dtype, whole):
    """`{name: sketch}` of the reference: what it computed, and the start of each step.

    Args:
      golden, dtype, whole: as for `Pair`.
      layout: the `Layout` of the pair.
    """
    found = {name: value for name, value in golden.reference(dtype).items()
             if layout.knows(name)}
    for step in whole.steps:
        found.update((keys.before(step, name), file.sketched(name, value))
                     for name, value in layout.starts(whole.reference, step).items())
    return found


def judged(name, golden, found, compared, others, headers):
    """The `Result` of the precisions that were compared.

    Args:
      name: name of the pair.
      golden: the `Golden`; found: the `Mapping`.
      compared: `{dtype: Comparison}`; {} where the structures differ.
      others: findings that do not come from the tensors of the steps.
      headers: `{dtype: {"legacy", "modern"}}`: programs and versions that ran.
    """
    apart = list(structure.found(found))
    if structure.lacks(found):
        return findings.Result(name, apart, [], {}, {}, headers)
    others = apart + list(uncompared.found(found)) + list(others)
    others += forward_only.untrained() if found.reference["forward"] else []
    others += _not_run(golden, found.reference["forward"])
    result = judge.judge(
        name, compared, [each for each in others if each.dtype in headers], headers,
        forward_only.FORWARD if found.reference["forward"] else TRAINED)
    return result._replace(sources=sources.of(found, result.first_difference))


def _not_run(golden, only_forward):
    """Yields findings on the rungs and steps that a golden file cannot prove."""
    for dtype in golden.header["dtypes"]:
        for rung in _RUNGS:
            yield findings.Finding(rung, dtype, _TENSOR, differences.NOT_RUN, note=_UNPROVED)
        for note in golden.header["left_out"]:
            yield findings.Finding(rungs.FORWARD if only_forward else rungs.TRAINING, dtype,
                                   _TENSOR, differences.NOT_RUN, note=note)
