"""Records a golden file: a reference's steps from states and numbers that are drawn.

The file is written of a pair that was verified, in the layout of its port, and only where that
port comes through against the file, too.
"""

import collections
import contextlib
import itertools
import os
from typing import NamedTuple

import numpy as np

from parity import command_line
from parity.common import arrays
from parity.golden import against
from parity.golden import file
from parity.golden import given as givens
from parity.golden import likeness
from parity.golden.layout import INFERRED, Array, Layout
from parity.judge import findings
from parity.judge.rungs import rates
from parity.judge.sides import Sides
from parity.pair import captures
from parity.pair import exchanges
from parity.pair import first_values
from parity.pair import joins
from parity.pair import verification
from parity.pair.mapping import split

# The second has slots that are no longer what they start as, and a rate before it.
STEPS = (0, 1)
_SEED = 1
_NOT_FINITE = ("step {} was left out: from numbers that are drawn the reference is infinite or no "
               "number there")


class Steps(NamedTuple):
    """The reference's steps in one precision: its trace, with what variants make of it."""

    path: str
    trace: collections.ChainMap
    answer: dict


class Recording:
    """The reference's steps, from numbers that are drawn; use it in a `with`.

    Args:
      asked: an `Asked`; found: the `Mapping`.
      folder: where arrays are written, and a program was captured.
      recorder: that of the reference.
    """

    def __init__(self, asked, found, folder, recorder):
        self._asked, self._found, self._folder = asked, found, folder
        self._captured = os.path.abspath(asked.program) if captures.is_capture(asked.program) else (
            os.path.join(folder, "captured"))
        self._recorder, self._left_out, self._open = recorder, [], contextlib.ExitStack()
        self._described = self._job("describe", example=self._path("described.npz"))
        self._batches = verification.fed(asked._replace(program=self._captured), self._described,
                                         folder)
        self._steps, self._said = self._sampled()

    def __enter__(self):
        return self

    def __exit__(self, *unused_error):
        self._open.close()

    def _job(self, job, **more):
        return self._recorder(job, captured=self._captured, **more)

    def _path(self, name):
        return os.path.join(self._folder, name)

    def _sampled(self):
        """(steps, words for each array that they start from or take)."""
        count = min(self._asked.steps or max(STEPS) + 1, self._described["steps"])
        path = self._path("sampled.npz")
        told = self._job("sample", batches=self._batches, out=path,
                         steps=[step for step in STEPS if step < count])
        if told["hidden"]:
            raise command_line.UsageError("expected a program whose loops draw nothing, received "
                                          "one that a golden file cannot hold")
        with np.load(path, allow_pickle=False) as sampled:
            said = likeness.of(sampled)
        os.remove(path)
        batches = self._fed(max(told["steps"]))
        return told["steps"], {name: givens.BATCH if givens.key_of(name) in batches else words
                               for name, words in said.items()}

    def _fed(self, last):
        """{"<step>/<tensor>": array} of --batches, to the last step."""
        if not self._batches:
            return {}
        with np.load(self._batches, allow_pickle=False) as batches:
            return {key: batches[key] for key in batches.files
                    if int(key.partition("/")[0]) <= last}

    def content(self):
        """(header, arrays) of the golden file."""
        batches = self._fed(max(self._steps))
        given = givens.Given(self._said, _SEED, batches=batches)
        with arrays.Writer(self._path("given.npz")) as write:
            for name in given:
                write(name, given[name])
        taken = {dtype: self._retaken(dtype) for dtype in self._asked.dtypes}
        steps = self._finite(taken)
        for dtype, each in taken.items():
            self._vary(dtype, steps, each)
        reason, inferred = self._inferred(max(taken))
        said, content = file.packed({dtype: itertools.chain(
            Layout(self._found).arrays(self._sides(each.trace, steps)),
            inferred if dtype == max(taken) else ()) for dtype, each in taken.items()})
        header = dict(self._header(steps), **self._far(taken), **said, inference=reason, kept={
            dtype: _kept(each.trace, steps) for dtype, each in taken.items()}, given={
                name: words for name, words in self._said.items() if _step_of(name) in steps},
                      batches=givens.digest(batches))
        return header, content

    def _retaken(self, dtype):
        path = self._path(f"retaken-{dtype}.npz")
        answer = self._job("retake", dtype=dtype, steps=self._steps, out=path,
                           given=self._path("given.npz"))
        return Steps(path, collections.ChainMap(self._read(path)), answer)

    def _read(self, path):
        return self._open.enter_context(np.load(path, allow_pickle=False))

    def _inferred(self, dtype):
        """(why there is no pass without training, its arrays)."""
        if self._described["forward"]:
            return "", ()
        path = self._path("inferred.npz")
        reason = self._job("infer", dtype=dtype, out=path, given=self._path("given.npz"))
        return reason, () if reason else [
            Array(INFERRED + name, value) for name, value in self._read(path).items()]

    def _finite(self, taken):
        """The steps in which all that the reference computes is finite."""
        lost = {_step_of(name) for each in taken.values() for name in each.trace
                if name.startswith(("after/", "gradient/", "loss/", "output/", "fetched/"))
                and not _is_finite(each.trace[name])}
        if self._steps[0] in lost:
            raise command_line.UsageError("expected a program that takes numbers that are drawn, "
                                          "received infinite ones or none in its first step")
        self._left_out = [_NOT_FINITE.format(step) for step in sorted(lost)]
        return [step for step in self._steps if step not in lost]

    def _vary(self, dtype, steps, taken):
        path = self._path(f"varied-{dtype}.npz")
        self._job("vary", dtype=dtype, steps=steps, out=path, trace=taken.path,
                  given=self._path("given.npz"), split=sorted(split(self._found)), only=None,
                  alone=self._asked.float32_only)
        taken.trace.maps.append(self._read(path))

    def _sides(self, trace, steps):
        found = self._found
        return Sides(joins.Trace(trace, found.joins), {}, found.variables, found.slots, steps,
                     found.optimizers, [each["variable"] for each in found.reference["updates"]],
                     found.own)

    def _header(self, steps):
        found = self._found
        return {"description": self._described, "pair": self._asked.shown, "seed": _SEED,
                "paths": [row.port for row in found.variables.rows],
                "exchanged": exchanges.exchanged(found), "dtypes": list(self._asked.dtypes),
                "steps": steps, "initial": self._initial(), "left_out": self._left_out}

    def _initial(self):
        """Where slots and state start, as far as the graph says it, under names of the layout."""
        if self._described["forward"]:
            return {"begun": "", "declared": {}}
        first = self._job("initial", variables=[], out=self._path("initial.npz"))
        declared, layout = first_values.declared(self._found, first), Layout(self._found)
        names = {row.reference: layout.name_of(row) for row in layout.rows}
        names.update((slot.reference, layout.name_of_slot(slot)) for slot in layout.slots)
        names.update((row.reference, row.reference) for row in layout.own)
        return {"begun": first["begun"], "declared": {
            name: {key: declared[reference][key] for key in ("value", "moved")
                   if key in declared[reference]}
            for reference, name in names.items() if reference in declared}}

    def _far(self, taken):
        """Rates at far steps, draws and bounds, of the widest precision."""
        dtype = max(taken)
        told = [] if self._described["forward"] else self._job(
            "rates", dtype=dtype, trace=taken[dtype].path, compared=self._steps, steps=rates.STEPS)
        return {"rates": told, "draws": taken[dtype].answer["draws"], "unexercised": [
            " ".join([each["operation"], *each["line"]])
            for each in taken[dtype].answer["unexercised"]]}


def _step_of(name):
    return int(name.split("/")[1])


def _is_finite(value):
    return value.dtype.kind != "f" or bool(np.isfinite(value).all())


def _kept(trace, steps):
    """`{name: number}` of the rates and counters on which the port's start hangs."""
    return {name: trace[name].item() for name in trace if name.startswith(
        ("rate/", "last_rate/", "after/")) and _step_of(name) in steps and trace[name].ndim == 0
            and (not name.startswith("after/") or trace[name].dtype.kind in "iu")}


def write(path, asked, found, folder, progress, recorders):
    """Writes the golden file of a pair that was verified.

    Args:
      path: of the file.
      asked: the `Asked`; found: the `Mapping`.
      folder: that of the verification.
      progress: function that shows a line.
      recorders: the `Recorders`.

    Raises:
      UsageError: the pair is none that a golden file can hold.
    """
    progress(f"recording {os.path.basename(path)}")
    try:
        with Recording(asked, found, folder, recorders.reference) as recording:
            header, content = recording.content()
        first = os.path.join(folder, "golden.npz")
        file.write(first, header, content)
        progress(f"verifying {asked.shown} against {os.path.basename(path)}")
        result = against.verify(asked._replace(program=first, traces=""), file.read(first), folder,
                                lambda line: None, recorders)
    except command_line.UsageError as error:
        raise command_line.UsageError(f"--golden={path}: {error}")
    if findings.exit_status([result]):
        where = result.first_difference
        raise command_line.UsageError(
            f"--golden={path}: expected a pair that is as equal from numbers that are drawn, "
            f"received {result.verdict} at rung {where.rung}, {where.tensor}; --batches gives it "
            "numbers of its kind")
    file.write(path, header, content)
