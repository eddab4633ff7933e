"""A checkpoint of TensorFlow 1 brought into a port's file of weights, and back."""

import collections
import contextlib
import os
import tempfile
import zipfile
from typing import NamedTuple

import numpy as np

from parity import command_line
from parity.common import arrays
from parity.pair import captures
from parity.pair import given
from parity.pair import left_out
from parity.pair import replacing
from parity.pair import settled
from parity.pair import verification
from parity.pair import way_back
from parity.pair.recorders import Recorders
from parity.pair.run import Reference
from parity.pair.states import STEP, States
from parity.workers import Refused

DTYPE = "float32"
# What stands beside a port's file: what the port cannot hold of the checkpoint it was made of.
REST = ".tensorflow1.npz"
_KINDS = {"state": "variables", "slot": "slots", "own": "numbers of optimisers",
          "iterations": "counts of updates"}


class Converted(NamedTuple):
    """What became of a state on its way to the other side.

    Attributes:
      came: `{what: how many variables of TensorFlow 1}` that came along.
      left: `left_out.Left`s of both sides.
      notes: lines on what is rounded, and on what stands beside the port's file.
    """

    came: dict
    left: list
    notes: list

    @property
    def whole(self):
        """Whether everything came along without which it is another model."""
        return not any(each.needed for each in self.left)


@contextlib.contextmanager
def opened(asked, progress):
    """A context that gives the `Conversion` of an `Asked`; `progress` shows a line."""
    with tempfile.TemporaryDirectory() as folder, Recorders(folder) as recorders:
        captured = captures.captured(asked, folder, progress)
        progress(f"reading {asked.program}")
        with recorders.port() as port:
            yield Conversion(asked, folder, Reference(recorders.reference, captured, ""),
                             recorders, port)


class Conversion:
    """A pair whose states go from one side to the other.

    Args:
      asked: an `Asked`.
      folder: an empty folder.
      reference: the `Reference`.
      recorders: the `Recorders`.
      port: the recorder of the port.
    """

    def __init__(self, asked, folder, reference, recorders, port):
        self._folder, self._recorder = folder, port
        example, first = self._path(verification.EXAMPLE), self._path("first_step.npz")
        described = reference.recorder("describe", captured=reference.captured, example=example)
        found = settled.settled(asked, folder, described, reference, recorders,
                                verification.mapped(asked, DTYPE, described, port, example))
        self._job = {"program": asked.port, "arguments": asked.arguments, "dtype": DTYPE,
                     "forward": described["forward"], "example": example,
                     "labels": [given.plain(label) for label in found.labels]}
        reference.recorder("steps", captured=reference.captured, dtype=DTYPE, steps=[STEP],
                           out=first)
        self._found, self._states = found, States(found, _read(first))

    def _path(self, name):
        return os.path.join(self._folder, name)

    def _port(self, job, **more):
        return self._recorder(job, **self._job, **more)

    def to_keras(self, checkpoint, out):
        """The `Converted` of a checkpoint that is written as a port's file of weights."""
        values = self._checkpoint(checkpoint)
        with replacing.folder(out) as place:
            start, answer = self._written(values, os.path.join(place, os.path.basename(out)), out)
            lost = _placed(answer["lost"])
            held = {name: value for name, value in start.items() if name not in lost}
            made = {each.name: each for each in way_back.WayBack(
                self._states, held, _rates(answer)).made()}
            rest = {name: value for name, value in values.items()
                    if name not in made or made[name].array.tobytes() != value.tobytes()}
            _write(os.path.join(place, os.path.basename(out) + REST), rest)
            replacing.replace(place, out, [""] + [REST] * bool(rest), [REST])
        left = [name for name in _placed(answer["held"]) if name not in held]
        return Converted(
            _came(made.values()),
            [*left_out.of_reference(self._found, [name for name in rest if name not in made],
                                    self._states.variables),
             *left_out.of_port(self._found, left, lost, "stays as the port starts it")],
            _note(f"{out}{REST} keeps for the way back", rest))

    def _written(self, values, path, out):
        """(what the port was given, its answer) once it holds a state and has saved it."""
        _write(self._path("counted.npz"), self._states.counted(values))
        rates = _numbered(self._port("rates_at", states=self._path("counted.npz")))
        start = self._states.taken(values, rates)
        _write(self._path("start.npz"), start)
        with _said(f"--out={out}"):
            return start, self._port("write_weights", states=self._path("start.npz"), path=path)

    def to_tensorflow_1(self, weights, out, base=""):
        """The `Converted` of a port's file of weights that is written as a checkpoint.

        Args:
          weights: the file.
          out: the checkpoint.
          base: a checkpoint of the program that gives what the port does not hold; if not given,
            what stands beside the file of weights.
        """
        rest = base or (weights + REST if os.path.isfile(weights + REST) else "")
        origin = self._checkpoint(base) if base else self._kept(rest) if rest else {}
        with _said(f"--weights={weights}"):
            answer = self._port("read_weights", path=weights, out=self._path("held.npz"))
        held = _read(self._path("held.npz"))
        made = list(way_back.WayBack(self._states, held, _rates(answer), origin).made())
        values = {each.name: each.array for each in made}
        _write(self._path("back.npz"), values)
        with replacing.folder(out) as place:
            self._port("save", states=self._path("back.npz"),
                       checkpoint=os.path.join(place, os.path.basename(out)))
            replacing.replace(place, out, [".data-00000-of-00001", ".index"], [".index"])
        again = self._states.taken(values, _rates(answer))
        used = {place for each in made for place in each.places}
        lost = _placed(answer["lost"])
        return Converted(
            _came(made),
            [*left_out.of_reference(
                self._found, [name for name in self._states.variables if name not in values],
                self._states.variables),
             *left_out.of_port(
                self._found, [name for name in _placed(answer["held"]) if name not in used],
                lost, "no variable of TensorFlow 1 stands for it")],
            _note("rounded", [each.name for each in made if any(
                again[place].tobytes() != held[place].tobytes() for place in each.places)])
            + _note(f"as in {rest}", [each.name for each in made if not each.places]))

    def _checkpoint(self, path):
        """`{variable: array}` of a checkpoint of TensorFlow 1.

        Raises:
          UsageError: it is none of this program.
        """
        flag = f"--checkpoint={path}"
        with _said(flag):
            contents = self._port("contents", checkpoint=path)
        self._check(flag, contents)
        if not self._states.among(contents).variables.rows:
            raise command_line.UsageError(
                f"{flag}: expected a checkpoint of the captured program, received one of "
                f"{', '.join(list(contents)[:3]) or 'no variables'}")
        self._port("restore", checkpoint=path, names=list(contents), out=self._path("read.npz"))
        return _read(self._path("read.npz"))

    def _kept(self, path):
        """`{variable: array}` of what stands beside a file of weights."""
        try:
            values = _read(path)
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            raise command_line.UsageError(f"{path}: expected arrays, received {error}")
        self._check(path, {name: {"shape": list(value.shape), "dtype": value.dtype.name}
                           for name, value in values.items()})
        return values

    def _check(self, flag, contents):
        """UsageError unless what is of the captured program has its shapes and types."""
        for name in set(contents) & set(self._states.variables):
            expected, there = self._states.like(name), contents[name]
            if [list(expected.shape), expected.dtype.name] != [there["shape"], there["dtype"]]:
                raise command_line.UsageError(
                    f"{flag}: expected {name} as {expected.dtype.name} {list(expected.shape)}, "
                    f"received {there['dtype']} {there['shape']}")


@contextlib.contextmanager
def _said(flag):
    """Names the flag where what it gives is refused."""
    try:
        yield
    except Refused as error:
        raise command_line.UsageError(f"{flag}: {error}")


def _numbered(rates):
    """Rates by numbers of optimisers, which are words in a recorder's answer."""
    return {int(number): rate for number, rate in rates.items()}


def _rates(answer):
    return _numbered(answer["rates"])


def _placed(names):
    """"<kind>/<name>" as the arrays of a step are called."""
    return [name.replace("/", f"/{STEP}/", 1) for name in names]


def _note(said, names):
    """[a line that names some variables], if there are any."""
    return [f"{said}: {', '.join(names)}"] if names else []


def _came(made):
    """`{what: how many}` of `way_back.Made`s that the port tells."""
    kinds = collections.Counter(each.places[0].partition("/")[0] for each in made if each.places)
    return {said: kinds[kind] for kind, said in _KINDS.items() if kinds[kind]}


def _read(path):
    """The arrays of an .npz file."""
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _write(path, values):
    with arrays.Writer(path) as write:
        for name, value in values.items():
            write(name, value)
