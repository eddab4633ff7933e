"""Golden files: what the real TensorFlow 1.15.5 computed, one small .npz a case.

    header                 JSON: what ran it
    losses/<phase>/<name>  [steps], of every step
    norms/<variable>       [rows], of each trainable variable after `STEPS`
    entries/<variable>     [rows, up to 16], evenly spaced in it

Weights before the first step come from the seed, so they need not be stored whole.
"""

import io
import json
import os
import platform
import typing

import numpy as np

FOLDER = os.path.dirname(os.path.abspath(__file__))
FORMAT = 1
STEPS = (0, 1, 2, 5, 10, 20, 50, 100, 200)


def path(case):
    """Path of a case's golden file."""
    return os.path.join(FOLDER, case + ".npz")


class Golden(typing.NamedTuple):
    """A golden file's content."""

    header: typing.Dict[str, typing.Any]
    curves: typing.Dict[str, np.ndarray]  # losses, norms and entries


class Difference(typing.NamedTuple):
    """How far apart two runs are in one loss or variable after one step."""

    relative: float
    step: int
    name: str


def cpu():
    """Name of the processor, as exactly as the system tells it."""
    try:
        with open("/proc/cpuinfo") as file:
            lines = file.read().split("\n\n")[0].splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    facts = {key.strip(): value.strip() for key, _, value in (line.partition(":")
                                                              for line in lines)}
    return ", ".join("{} {}".format(key, facts[key])
                     for key in ("model name", "cpu family", "model", "stepping") if key in facts)


class Curves(object):
    """What a golden file keeps of a run, taken while it goes on."""

    def __init__(self):
        self._rows = {}

    def _append(self, name, value):
        self._rows.setdefault(name, []).append(value)

    def add_losses(self, losses):
        """Takes `{phase: {name: loss}}` of a step."""
        for phase, values in losses.items():
            for name, value in values.items():
                self._append("losses/{}/{}".format(phase, name), np.asarray(value))

    def add_weights(self, weights):
        """Takes `{variable: array}` after one of `STEPS`."""
        for name, value in weights.items():
            flat = np.ravel(value)
            chosen = np.linspace(0, flat.size - 1, min(16, flat.size)).astype(np.int64)
            self._append("entries/" + name, flat[chosen])
            self._append("norms/" + name, np.linalg.norm(flat))

    def arrays(self):
        """`{name: [steps or rows, ...]}`."""
        return {name: np.stack(rows) for name, rows in self._rows.items()}


def content(header, curves):
    """The bytes of a golden file: the same for the same run, whenever it is written."""
    text = json.dumps(dict(header, format=FORMAT, stored_steps=STEPS), sort_keys=True)
    file = io.BytesIO()
    np.savez_compressed(file, header=np.frombuffer(text.encode("utf-8"), np.uint8),
                        **{name: curves[name] for name in sorted(curves)})
    return file.getvalue()


def read(path):
    """The `Golden` in a file.

    Raises:
      ValueError: the file has another format.
    """
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    header = json.loads(arrays.pop("header").tobytes().decode("utf-8"))
    if header["format"] != FORMAT:
        raise ValueError("{}: expected format {}, received {}".format(
            path, FORMAT, header["format"]))
    return Golden(header, arrays)


def _relative(expected, value):
    gap, scale = np.linalg.norm(value - expected), np.linalg.norm(expected)
    if gap == 0:
        return 0.0
    return float(gap / scale) if np.isfinite(gap) and scale else np.inf


def differences(expected, curves):
    """The `Difference` of every loss and variable at every step that both runs have.

    Args:
      expected: `Golden.curves`.
      curves: the same of a run, which may be shorter.

    Raises:
      ValueError: the runs do not have the same losses and variables, of the same shapes.
    """
    if set(expected) != set(curves):
        raise ValueError("in one run only: {}".format(
            ", ".join(sorted(set(expected) ^ set(curves)))))
    found = []
    for name in sorted(expected):
        steps = range(1, len(expected[name]) + 1) if name.startswith("losses/") else STEPS
        if expected[name].shape[1:] != curves[name].shape[1:]:
            raise ValueError("{}: expected shape {}, received {}".format(
                name, expected[name].shape, curves[name].shape))
        found += [Difference(_relative(one, other), step, name)
                  for step, one, other in zip(steps, expected[name], curves[name])]
    return found
