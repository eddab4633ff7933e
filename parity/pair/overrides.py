"""Overrides of the pairing of variables: port paths by TensorFlow 1 names."""

import difflib
from typing import NamedTuple

from parity import command_line
from parity.pair import cells
from parity.pair import fits
from parity.pair import transforms
from parity.pair.rows import Row

REASON = "names file"


class Given(NamedTuple):
    """Pairs of a names file.

    Attributes:
      rows: list of (`Row`, entry, partner).
      mismatched: (entry, partner) of pairs whose shapes do not fit.
    """

    rows: list
    mismatched: tuple


def shown(value):
    """Type and shortened `repr` of an unexpected value, for messages."""
    text = repr(value)
    return f"{type(value).__name__} {text[:60] + '...' if len(text) > 60 else text}"


class Names:
    """Overrides of the pairing.

    Args:
      said: the flag and file, for messages.
      path: function (TensorFlow 1 name) -> port path, list of paths, or None.
      listed: all names that it overrides, where they are known.
    """

    def __init__(self, said, path, listed=()):
        self._said, self._path = said, path
        self._listed = [name.partition(":")[0] for name in listed]

    def pairs(self, reference, port):
        """`Given` pairs of two sides' entries.

        Raises:
          UsageError: no name is of this program, or a port path is none of this port.
        """
        known = [part for entry in reference for part in _parts(entry)]
        self._check_names(known)
        partners = {entry["path"]: entry for entry in port}
        rows, mismatched, taken = [], [], {}
        for entry in reference:
            paths = self._paths(entry)
            if entry["kind"] == "state" and not self._listed:  # a pattern hits averages, too
                paths = [path for path in paths if path in partners]
            for path in paths:
                self._check_path(path, partners, entry, taken)
            found = list(_rows(entry, [partners[path] for path in paths]))
            rows += found
            mismatched += [(entry, partners[path]) for path in paths if not found]
        if not taken:
            raise command_line.UsageError(f"{self._said}: expected names of this program, as "
                                          f"{_some(known)}, received none of them")
        return Given(rows, tuple(mismatched))

    def _check_names(self, known):
        for name in self._listed:
            if name not in known:
                raise command_line.UsageError(
                    f"{self._said}: expected names of this program's variables, as "
                    f"{_some(difflib.get_close_matches(name, known, 3, 0) or known)}, "
                    f"received {name}")

    def _paths(self, entry):
        found = []
        for name in _parts(entry):
            try:
                given = self._path(name)
            except command_line.UsageError:
                raise
            except Exception as error:  # the user's function may fail in any way
                raise command_line.UsageError(f"{self._said}: expected a port path for {name}, "
                                              f"received {type(error).__name__}: {error}")
            paths = given if isinstance(given, (list, tuple)) else [given] if given else []
            if not all(isinstance(path, str) for path in paths):
                raise command_line.UsageError(f"{self._said}: expected a port path for {name}, "
                                              f"received {shown(given)}")
            found += [path for path in paths if path not in found]
        return found

    def _check_path(self, path, partners, entry, taken):
        name = entry["name"]
        if path not in partners:
            near = difflib.get_close_matches(path, partners, 3, 0) or list(partners)
            raise command_line.UsageError(f"{self._said}: expected paths of the port's variables, "
                                          f"as {_some(near)}, received {path} for {name}")
        if path in taken:
            raise command_line.UsageError(f"{self._said}: expected one variable for each path, "
                                          f"received {taken[path]} and {name} for {path}")
        taken[path] = name


def _parts(entry):
    """TensorFlow 1 names of a variable: several where Keras holds them as one."""
    return entry.get("parts", [entry["name"]])


def _some(names):
    return ", ".join(list(names)[:3])


def _rows(entry, partners):
    """Yields (`Row`, entry, partner) of a variable and its partners, where shapes fit."""
    made = [_transform(entry, partner) for partner in partners]
    if len(partners) > 1 and not all(made):
        made = _split(entry, partners)
    for partner, transform in zip(partners, made):
        if transform:
            yield Row(entry["name"], partner["path"], transform, REASON), entry, partner


def _transform(entry, partner):
    """`Transform` of two variables whose shapes fit, whichever optimisers train them; or None."""
    alike = dict(entry, optimizer=None, trainable=partner["trainable"])
    in_cell = cells.transform(alike, dict(partner, optimizer=None))
    found = fits.layout(entry, partner)
    return in_cell or (found.transform if found else None)


def _split(entry, partners):
    """`Transform`s into parts along the one axis in which shapes differ; [] if there is none."""
    whole, shapes = entry["shape"], [partner["shape"] for partner in partners]
    for axis in range(len(whole)):
        rest = [shape[:axis] + shape[axis + 1:] for shape in shapes]
        if all(each == whole[:axis] + whole[axis + 1:] for each in rest) and (
                sum(shape[axis] for shape in shapes) == whole[axis]):
            ends = [sum(shape[axis] for shape in shapes[:number + 1])
                    for number in range(len(shapes))]
            return [transforms.part(axis, end - shape[axis], end)
                    for shape, end in zip(shapes, ends)]
    return []
