"""A trace: what one side computed, in one .npz file of arrays and a JSON header.

    header                       JSON: see `HEADER_KEYS`
    taps/<mode>/<name>           outputs of layers on the first batch; mode: training, inference
    loss/<phase>/<name>          on the first batch, from the initial state
    losses/<phase>/<name>        [steps], as training reports them, from the initial state
    gradients/<phase>/<variable> of the first step
    state/<k>/<name>             every variable, slot and counter after k steps
    stepped/<k>/<name>           the same after one more step from the *reference's* state k
    start/<name>                 the port's slots and powers as its optimisers make them
    norms/<name>, entries/<name> [steps + 1], [steps + 1, up to 16]: weights of the free run
    draws/<variable>             at least 20,000 values of a random initialiser
    samples/taps/inference/<output>  outputs after the last step

State names: "<variable>", "<variable>@<slot>", "<phase>/<loss>@<optimiser's own variable>".
"""

import json
import platform
import zipfile

import numpy as np

VERSION = 1
HEADER_KEYS = ("version", "side", "program", "dtype", "hparams", "steps", "resync", "versions",
               "interpreter", "threads", "cpu", "variables", "initializers", "phases", "sources")


class DamagedTrace(Exception):
    """The file is no trace of this version: one line that says why."""


def header(job, side, libraries, **program):
    """The header of a recorder's trace.

    Args:
      job: what the recorder was asked for.
      side: "tensorflow 1" or "keras 3".
      libraries: `{name: version}` of what computed it, beside NumPy.
      **program: the rest of `HEADER_KEYS`, and what one side alone knows.
    """
    return dict(
        program,
        version=VERSION,
        side=side,
        program=job["program"],
        dtype=job["dtype"],
        hparams=dict(job["values"], model=job["model"]),
        steps=job["steps"],
        resync=job["resync"],
        versions=dict(libraries, numpy=np.__version__),
        interpreter="python " + platform.python_version(),
        threads=job["threads"],
        cpu=platform.processor() or platform.machine())


def write(path, header, arrays):
    """Writes a trace; `arrays` is `{name: array}`."""
    missing = [key for key in HEADER_KEYS if key not in header]
    if missing:
        raise ValueError("header lacks {}".format(", ".join(missing)))
    text = json.dumps(header, allow_nan=False)  # keeps the order of variables
    with open(path, "wb") as file:
        np.savez(file, header=np.frombuffer(text.encode("utf-8"), np.uint8), **arrays)


def read(path):
    """Reads a trace as (header, arrays).

    Returns:
      The header, a dict, and a mapping from names to arrays that reads each from the file when it
      is asked for: the states of a float64 run are larger than is good to hold.

    Raises:
      DamagedTrace: the file is missing, damaged, foreign or of another version.
    """
    try:
        arrays = np.load(path, allow_pickle=False)
        header = json.loads(arrays["header"].tobytes().decode("utf-8"))
    except (OSError, ValueError, LookupError, EOFError, AttributeError,
            zipfile.BadZipFile) as error:
        raise DamagedTrace("{}: expected a trace, received {}".format(
            path, " ".join(str(error).split())))
    if not isinstance(header, dict) or header.get("version") != VERSION:
        raise DamagedTrace("{}: expected a trace of version {}, received {}".format(
            path, VERSION, header.get("version") if isinstance(header, dict) else header))
    return header, arrays


def part(arrays, prefix):
    """`{rest of the name: array}` of the arrays under `prefix`."""
    return {name[len(prefix):]: arrays[name] for name in arrays if name.startswith(prefix)}
