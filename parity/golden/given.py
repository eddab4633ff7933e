"""Start values and inputs of both sides, drawn from their descriptions in a golden file."""

import collections.abc
import hashlib

import numpy as np

from parity.golden import likeness

BATCH = "batch"


class Given(collections.abc.Mapping):
    """Start values and inputs by their names in a trace; each is drawn when it is looked up.

    Args:
      said: the golden file's `given`, `{name: description}`.
      seed: seed of the arrays that are drawn.
      dtype: the precision of floating-point arrays; None for that in which they were captured.
      batches: `{"<step>/<tensor>": array}` of --batches.
    """

    def __init__(self, said, seed, dtype=None, batches=None):
        self._said, self._seed, self._dtype = said, seed, dtype
        self._batches = batches or {}

    def __getitem__(self, name):
        said = self._said[name]
        if said == BATCH:
            value = np.asarray(self._batches[key_of(name)])
        elif isinstance(said, str):
            return self[said]
        else:
            value = likeness.made(said, name, self._seed)
        return value.astype(self._dtype) if self._dtype and value.dtype.kind == "f" else value

    def __contains__(self, name):  # without drawing it
        return name in self._said

    def __iter__(self):
        return iter(self._said)

    def __len__(self):
        return len(self._said)


def key_of(name):
    """The key among batches, "<step>/<tensor>", of an array of a trace; "" for one that is not fed.
    """
    part, step, _, tensor = (name.split("/", 3) + ["", "", ""])[:4]
    return f"{step}/{tensor}" if part in ("input", "gathered") else ""


def digest(batches):
    """The digest of batches, `{name: array}`, in hexadecimal digits; "" where there are none."""
    found = hashlib.sha256()
    for name in sorted(batches):
        found.update(f"{name} {batches[name].dtype.str} {batches[name].shape}".encode("utf-8"))
        found.update(np.ascontiguousarray(batches[name]).tobytes())
    return found.hexdigest() if batches else ""
