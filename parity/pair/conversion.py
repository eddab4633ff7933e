"""A checkpoint of TensorFlow 1 brought into a port's file of weights, and back."""

import collections
import contextlib
import os
import tempfile
from typing import NamedTuple

from parity.pair import captures
from parity.pair import given
from parity.pair import left_out
from parity.pair import replacing
from parity.pair import settled
from parity.pair import stored
from parity.pair import verification
from parity.pair import way_back
from parity.pair.recorders import Recorders
from parity.pair.run import Reference
from parity.pair.states import STEP, States

DTYPE = "float32"
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
        self._found, self._states = found, States(found, stored.read(first))

    def _path(self, name):
        return os.path.join(self._folder, name)

    def _port(self, job, **more):
        return self._recorder(job, **self._job, **more)

    def to_keras(self, checkpoint, out):
        """The `Converted` of a checkpoint that is written as a port's file of weights."""
        values = self._checkpoint(checkpoint)
        with replacing.folder(out) as place:
            file = os.path.join(place, os.path.basename(out))
            start, answer = self._save(values, file, out)
            lost = _placed(answer["lost"])
            held = {name: value for name, value in start.items() if name not in lost}
            made = {each.name: each for each in way_back.WayBack(
                self._states, held, _rates(answer["rates"])).made()}
            rest = {name: value for name, value in values.items()
                    if name not in made or made[name].array.tobytes() != value.tobytes()}
            stored.write(file + stored.REST, rest)
            replacing.replace(file, out, ["", stored.REST] if rest else [""], [stored.REST])
        left = [name for name in _placed(answer["held"]) if name not in held]
        return Converted(
            _came(made.values()),
            [*self._left_of_reference(name for name in rest if name not in made),
             *left_out.of_port(self._found, left, lost, "stays as the port starts it",
                               "nothing tells how many they were")],
            _note(f"{out}{stored.REST} keeps for the way back", _few(list(rest))))

    def _save(self, values, file, out):
        """(what the port was given, its answer) once it holds a state and has saved it."""
        stored.write(self._path("counted.npz"), self._states.counted(values))
        rates = _rates(self._port("rates_at", states=self._path("counted.npz")))
        start = self._states.taken(values, rates)
        stored.write(self._path("start.npz"), start)
        with stored.refused(f"--out={out}"):
            return start, self._port("write_weights", states=self._path("start.npz"), path=file)

    def to_tensorflow_1(self, weights, out, base=""):
        """The `Converted` of a port's file of weights that is written as a checkpoint.

        Args:
          weights: the file.
          out: the checkpoint.
          base: a checkpoint of the program that gives what the port does not hold; if not given,
            what stands beside the file of weights.
        """
        rest = base or (weights + stored.REST if os.path.isfile(weights + stored.REST) else "")
        origin = self._checkpoint(base) if base else stored.rest(rest, self._states) if rest else {}
        with stored.refused(f"--weights={weights}"):
            answer = self._port("read_weights", path=weights, out=self._path("held.npz"))
        held, rates = stored.read(self._path("held.npz")), _rates(answer["rates"])
        made = list(way_back.WayBack(self._states, held, rates, origin).made())
        values = {each.name: each.array for each in made}
        stored.write(self._path("back.npz"), values)
        with replacing.folder(out) as place:
            file = os.path.join(place, os.path.basename(out))
            self._port("save", states=self._path("back.npz"), checkpoint=file)
            replacing.replace(file, out, [".data-00000-of-00001", ".index"], [".index"])
        used = {place for each in made for place in each.places}
        left = [name for name in _placed(answer["held"]) if name not in used]
        return Converted(
            _came(made),
            [*self._left_of_reference(
                name for name in self._states.variables if name not in values),
             *left_out.of_port(self._found, left, _placed(answer["lost"]),
                               "no variable of TensorFlow 1 stands for it",
                               "no variable of TensorFlow 1 counts them")],
            _note("rounded", _rounded(made, self._states.taken(values, rates), held))
            + _note(f"as in {rest}", [each.name for each in made if not each.places]))

    def _checkpoint(self, path):
        return stored.checkpoint(path, self._states, self._port, self._path("read.npz"))

    def _left_of_reference(self, names):
        return left_out.of_reference(self._found, names, self._states.variables)


def _rates(answer):
    """Rates by numbers of optimisers, which are words in a recorder's answer."""
    return {int(number): rate for number, rate in answer.items()}


def _placed(names):
    """"<kind>/<name>" as the arrays of a step are called."""
    return [name.replace("/", f"/{STEP}/", 1) for name in names]


def _rounded(made, again, held):
    """Names of variables of which the port would hold something else than it holds."""
    return [each.name for each in made if any(
        place not in again or again[place].astype(held[place].dtype).tobytes()
        != held[place].tobytes() for place in each.places)]


def _few(names):
    """Three names at most, and how many more there are."""
    return names[:3] + ([f"{len(names) - 3} more"] if len(names) > 3 else [])


def _note(said, names):
    """[a line that names some variables], if there are any."""
    return [f"{said}: {', '.join(names)}"] if names else []


def _came(made):
    """`{what: how many}` of `way_back.Made`s that the port tells."""
    kinds = collections.Counter(each.places[0].partition("/")[0] for each in made if each.places)
    return {said: kinds[kind] for kind, said in _KINDS.items() if kinds[kind]}
