"""Pairs recurrent cells of TensorFlow 1, one kernel each, with Keras layers, which hold two."""

from parity.pair import fits
from parity.pair import roles
from parity.pair import transforms
from parity.pair.rows import Row

_LEAVES = ("kernel", "recurrent_kernel", "bias")


def transform(entry, partner):
    """`Transform` of a cell's variable into one of a Keras layer, or None where it does not fit.

    Args:
      entry: entry of the reference, with the cell's "kind", and "shape"
        [inputs + units, gates * units] or [gates * units].
      partner: entry of the port, with "leaf" "kernel", "recurrent_kernel" or "bias".
    """
    gates, shape = transforms.gates(entry["kind"]), list(entry["shape"])
    if not gates or not fits.trained_alike(entry, partner):
        return None
    if len(shape) == 1 and partner["leaf"] == "bias" and partner["shape"] == shape:
        return transforms.cell_bias(entry["kind"], entry["forget_bias"] or 0.0)
    if len(shape) != 2:
        return None
    units = shape[1] // gates
    inputs = shape[0] - units
    if partner["leaf"] == "kernel" and partner["shape"] == [inputs, shape[1]]:
        return transforms.input_kernel(entry["kind"], inputs)
    if partner["leaf"] == "recurrent_kernel" and partner["shape"] == [units, shape[1]]:
        return transforms.recurrent_kernel(entry["kind"], inputs)
    return None


def layers(port):
    """`[{leaf: entry}]` of the port's layers that have a kernel and a recurrent kernel."""
    found, last = [], None
    for entry in port:
        scope = entry["path"].rpartition("/")[0]
        if last != scope or entry["leaf"] in found[-1]:
            found.append({})
        found[-1][entry["leaf"]], last = entry, scope
    return [group for group in found if {"kernel", "recurrent_kernel"}.issubset(group)]


def _cells(reference):
    """`[[entry]]` of the reference's cells, each cell's kernel first."""
    found = {}
    for entry in reference:
        if transforms.gates(entry["kind"]):
            place = entry.get("layer") or entry["name"].rpartition("/")[0]
            found.setdefault(place, []).append(entry)
    return [sorted(cell, key=lambda entry: -len(entry["shape"])) for cell in found.values()
            if any(len(entry["shape"]) == 2 for entry in cell)]


def match(reference, port):
    """Yields (`Row`, entry, partner) of cells: by words of their names, then in order of use."""
    cells, free = _cells(reference), layers(port)
    fitting = {number: [layer for layer in free if _fits(cell, layer)]
               for number, cell in enumerate(cells)}
    rivals = {id(layer): sum(layer in found for found in fitting.values()) - 1 for layer in free}
    while any(fitting.values()):
        number, layer = max(((number, layer) for number, found in fitting.items()
                             for layer in found), key=lambda pair: _likeness(
                                 cells[pair[0]][0], pair[1]["kernel"]))
        yield from _rows(cells[number], layer, rivals[id(layer)])
        fitting.pop(number)
        fitting = {other: [each for each in found if each is not layer]
                   for other, found in fitting.items()}


def _likeness(entry, partner):
    """Number of words that the authors' names of both variables have in common."""
    return len(roles.words(entry) & roles.words(partner))


def _fits(cell, layer):
    directions = {roles.direction(cell[0]), roles.direction(layer["kernel"])} - {""}
    return len(directions) < 2 and all(
        transform(cell[0], layer[leaf]) for leaf in ("kernel", "recurrent_kernel"))


def _rows(cell, layer, others):
    for entry in cell:
        for leaf in _LEAVES:
            made = transform(entry, layer[leaf]) if leaf in layer else None
            if made:
                yield Row(entry["name"], layer[leaf]["path"], made, "kind, shape and order of use",
                          others), entry, layer[leaf]
