"""Rung 9: brings a training state from TensorFlow 1 to the port and back, by checkpoints."""

import glob
import os
import tempfile

from parity.common import arrays
from parity.common import keys
from parity.judge import differences
from parity.judge import findings
from parity.pair import checkpoints
from parity.pair import joins
from parity.pair import next_step
from parity.pair import port_inputs

DTYPE = "float32"
TO_KERAS, TO_TENSORFLOW_1 = "TensorFlow 1 to Keras 3", "Keras 3 to TensorFlow 1"
_HELD = ("state", "slot", "own", "iterations")


class RoundTrip:
    """Round trip of the state after the last compared step.

    Args:
      sides: the float32 `parity.judge.sides.Sides`.
      found: the `parity.pair.mapping.Mapping`.
      folder: folder for checkpoints and arrays.
    """

    def __init__(self, sides, found, folder):
        self._trace, self._found, self._folder = sides.reference, found, folder
        self._last, self._step = sides.steps[-1], sides.steps[-1] + 1
        after = next_step.NextStep(self._trace, self._last)
        self._state = checkpoints.State(after, found, self._step)
        self._after = after

    def _path(self, name):
        return os.path.join(self._folder, name)

    def _drop(self, name):
        """Removes a file of arrays or all files of a checkpoint, since large states fill disks."""
        for path in glob.glob(glob.escape(self._path(name)) + "*"):
            os.remove(path)

    def to_keras(self, reference, captured, states, port, call):
        """Brings the state to the port through a checkpoint of TensorFlow 1; returns the `Finding`.

        Args:
          reference, port: recorders of both sides.
          captured: folder of the capture.
          states: .npz of the reference's trace.
          call: function (job, steps, start, out) that has the port do a job.
        """
        names = [name.split("/", 2)[2] for name in self._after if name.startswith("before/")]
        names = [name for name in names if name not in self._found.joins]
        reference("save", captured=captured, states=states, part=f"after/{self._last}",
                  names=names, checkpoint=self._path("tensorflow1.ckpt"))
        port("restore", checkpoint=self._path("tensorflow1.ckpt"), names=names,
             out=self._path("read.npz"))
        self._drop("tensorflow1.ckpt")
        with arrays.Stored(self._path("read.npz")) as read:
            self._write_start(read)
        self._drop("read.npz")
        call("hold", [self._step], self._path("start.npz"), self._path("held.npz"))
        self._drop("start.npz")
        with arrays.Stored(self._path("held.npz")) as held:
            return finding(TO_KERAS, [
                (name, *checkpoints.came_through(held[name], expected))
                for name, expected in self._start(self._after) if name.startswith(_HELD)])

    def _start(self, trace):
        return port_inputs.arrays(joins.Trace(trace, self._found.joins), self._found, [self._step])

    def _write_start(self, read):
        """Writes a checkpoint's state in the port's layout, with rates and inputs of the trace."""
        values = {name: self._after[name] for name in self._after
                  if not name.startswith("before/")}
        values.update((keys.before(self._step, name), read[name]) for name in read)
        with arrays.Writer(self._path("start.npz")) as write:
            for name, value in self._start(values):
                write(name, value)

    def to_tensorflow_1(self, reference, captured, port):
        """Brings the port's state to TensorFlow 1 through a checkpoint; returns the `Finding`."""
        names = []
        with arrays.Stored(self._path("held.npz")) as held, (
                arrays.Writer(self._path("back.npz"))) as write:
            for name, whole in checkpoints.put_back(self._state, held):
                for part, value in checkpoints.split(name, whole, self._found.joins, self._after,
                                                     self._step):
                    names.append(part)
                    write(part, value)
        self._drop("held.npz")
        port("save", states=self._path("back.npz"), checkpoint=self._path("keras3.ckpt"))
        self._drop("back.npz")
        reference("restore", captured=captured, checkpoint=self._path("keras3.ckpt"), names=names,
                  out=self._path("restored.npz"))
        with arrays.Stored(self._path("restored.npz")) as file:
            restored = joins.Trace({"is/" + name: file[name] for name in names}, self._found.joins)
            return finding(TO_TENSORFLOW_1, [
                (self._shown(name),
                 *checkpoints.came_back(self._state, name, restored["is/" + name]))
                for name in [*self._state.parts, *self._state.powers]])

    def _shown(self, name):
        layout = self._state.layout(name)
        return f"{name} ({layout})" if layout else name


def found_by(sides, found, folder, reference, captured, states, port, call):
    """Two `Finding`s, one for each direction; not run where the reference has no variables.

    Args:
      sides, found, folder: as for `RoundTrip`.
      reference, captured, states, port, call: as for `RoundTrip.to_keras`.
    """
    if not found.variables.rows:
        return [findings.Finding(9, DTYPE, direction, differences.NOT_RUN,
                                 note="the reference has no variables")
                for direction in (TO_KERAS, TO_TENSORFLOW_1)]
    with tempfile.TemporaryDirectory(dir=folder) as place:
        trip = RoundTrip(sides, found, place)
        return [trip.to_keras(reference, captured, states, port, call),
                trip.to_tensorflow_1(reference, captured, port)]


def finding(direction, rows):
    """`Finding` on one direction.

    Args:
      direction: name of the direction in the report.
      rows: `[(variable, verdict, relative distance)]`.
    """
    verdict = differences.worst(verdict for _, verdict, _ in rows)
    names = [name for name, each, _ in rows if each == verdict]
    far = max((relative for _, each, relative in rows if each == verdict), default=0.0)
    said = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    notes = {differences.IDENTICAL: f"{len(rows)} variables", differences.ROUNDING: (
        f"rounded on the way: {said}")}
    return findings.Finding(9, DTYPE, direction, verdict, far,
                            notes.get(verdict, f"not as written: {said}"))
