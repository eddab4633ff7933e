"""Converts a checkpoint of TensorFlow 1 into a port's weights file, and back."""

import collections
import contextlib
import os
from typing import NamedTuple

from parity import temporary
from parity.common import npz
from parity.pair import ambiguous_pairs
from parity.pair import captures
from parity.pair import port_inputs
from parity.pair import preparation
from parity.pair import replacing
from parity.pair import state_files
from parity.pair import unconverted
from parity.pair import way_back
from parity.pair.recorders import Recorders
from parity.pair.reference_run import Reference
from parity.pair.states import STEP, States

DTYPE = "float32"
_KINDS = {"state": "variables", "slot": "slots", "own": "numbers of optimisers",
          "iterations": "counts of updates"}


class Converted(NamedTuple):
    """Outcome of a conversion.

    Attributes:
      came: `{kind of variable, in words: number of them}` that were converted.
      left: `unconverted.Unconverted`s of both sides, which were not.
      notes: lines on values that were rounded, and on values kept beside the port's file.
    """

    came: dict
    left: list
    notes: list

    @property
    def whole(self):
        """True where every variable was converted that the model needs."""
        return not any(each.needed for each in self.left)


@contextlib.contextmanager
def opened(config, progress):
    """Context with the `Conversion` of a `PairConfig`; `progress` shows a line."""
    with temporary.folder() as folder, Recorders(folder) as recorders:
        recorders.start(reference=True, ports=1)
        captured = captures.captured(config, folder, progress)
        progress(f"reading {config.program}")
        with recorders.port() as port:
            yield Conversion(config, folder, Reference(recorders.reference, captured, ""),
                             recorders, port)


class Conversion:
    """Converts states of a pair from one side to the other.

    Args:
      config: the `PairConfig`.
      folder: an empty folder for temporary files.
      reference: the `Reference`.
      recorders: the `Recorders`.
      port: the recorder of the port.
    """

    def __init__(self, config, folder, reference, recorders, port):
        self._folder, self._recorder = folder, port
        example, first = self._path(preparation.EXAMPLE), self._path("first_step.npz")
        described = reference.ask("describe", example=example)
        found = ambiguous_pairs.settle(config, folder, described, reference, recorders,
                                preparation.mapped(config, DTYPE, described, port, example))
        self._job = {"program": config.port, "arguments": config.arguments, "dtype": DTYPE,
                     "forward": described["forward"], "example": example,
                     "labels": [port_inputs.plain(label) for label in found.labels]}
        reference.ask("steps", dtype=DTYPE, steps=[STEP], out=first)
        self._found, self._states = found, States(found, npz.read(first))

    def _path(self, name):
        return os.path.join(self._folder, name)

    def _port(self, job, **more):
        return self._recorder(job, **self._job, **more)

    def to_keras(self, checkpoint, out):
        """Writes a checkpoint as a port's weights file; returns the `Converted`."""
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
            state_files.write(file + state_files.REST, rest)
            replacing.replace(file, out, ["", state_files.REST] if rest else [""],
                              [state_files.REST])
        left = [name for name in _placed(answer["held"]) if name not in held]
        return Converted(
            _came(made.values()),
            [*self._left_of_reference(name for name in rest if name not in made),
             *unconverted.of_port(self._found, left, lost, "stays as the port starts it",
                               "nothing tells how many they were")],
            _note(f"{out}{state_files.REST} keeps for the way back", _few(list(rest))))

    def _save(self, values, file, out):
        """Has the port load a state and save it; returns (arrays it was given, its answer)."""
        state_files.write(self._path("counted.npz"), self._states.counted(values))
        rates = _rates(self._port("rates_at", states=self._path("counted.npz")))
        start = self._states.taken(values, rates)
        state_files.write(self._path("start.npz"), start)
        with state_files.refused(f"--out={out}"):
            return start, self._port("write_weights", states=self._path("start.npz"), path=file)

    def to_tensorflow_1(self, weights, out, base=""):
        """Writes a port's weights file as a checkpoint; returns the `Converted`.

        Args:
          weights: the weights file.
          out: the checkpoint.
          base: checkpoint of the program for variables that the port does not hold; "": the
            arrays that were kept beside the weights file.
        """
        beside = weights + state_files.REST
        rest = base or (beside if os.path.isfile(beside) else "")
        origin = self._checkpoint(base) if base else (
            state_files.rest(rest, self._states) if rest else {})
        with state_files.refused(f"--weights={weights}"):
            answer = self._port("read_weights", path=weights, out=self._path("held.npz"))
        held, rates = npz.read(self._path("held.npz")), _rates(answer["rates"])
        made = list(way_back.WayBack(self._states, held, rates, origin).made())
        values = {each.name: each.array for each in made}
        state_files.write(self._path("back.npz"), values)
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
             *unconverted.of_port(self._found, left, _placed(answer["lost"]),
                               "no variable of TensorFlow 1 stands for it",
                               "no variable of TensorFlow 1 counts them")],
            _note("rounded", _rounded(made, self._states.taken(values, rates), held))
            + _note(f"as in {rest}", [each.name for each in made if not each.places]))

    def _checkpoint(self, path):
        return state_files.checkpoint(path, self._states, self._port, self._path("read.npz"))

    def _left_of_reference(self, names):
        return unconverted.of_reference(self._found, names, self._states.variables)


def _rates(answer):
    """`{optimiser number: rate}` of an answer in JSON, whose keys are strings."""
    return {int(number): rate for number, rate in answer.items()}


def _placed(names):
    """"<kind>/<name>" with the step number put between, as arrays of a trace are named."""
    return [name.replace("/", f"/{STEP}/", 1) for name in names]


def _rounded(made, again, held):
    """Names of variables that the port would hold with other bits after a conversion back."""
    return [each.name for each in made if any(
        place not in again or again[place].astype(held[place].dtype).tobytes()
        != held[place].tobytes() for place in each.places)]


def _few(names):
    """Three names at most, and the number of further ones."""
    return names[:3] + ([f"{len(names) - 3} more"] if len(names) > 3 else [])


def _note(said, names):
    """[line that names the variables], or [] where there are none."""
    return [f"{said}: {', '.join(names)}"] if names else []


def _came(made):
    """`{kind of variable, in words: number}` of the `way_back.Made`s that come from the port."""
    kinds = collections.Counter(each.places[0].partition("/")[0] for each in made if each.places)
    return {said: kinds[kind] for kind, said in _KINDS.items() if kinds[kind]}
