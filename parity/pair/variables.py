"""Pairs the variables of a captured program and of a port: by name, else by kind, shape, order."""

import re
from typing import NamedTuple

from parity.pair import transforms

# Names that libraries of layers give to one role.
_ROLES = {"weights": "kernel", "w": "kernel", "biases": "bias", "b": "bias",
          "embedding": "embeddings", "depthwise_weights": "kernel", "depthwise_kernel": "kernel",
          "pointwise_kernel": "kernel"}


class Row(NamedTuple):
    """A pair of variables.

    Attributes:
      reference: name in TensorFlow 1.
      port: path in the port.
      transform: the `Transform` from the one to the other.
      reason: "name", or "kind, shape and order of use".
      ambiguous: how many others of the reference would have fitted as well.
    """

    reference: str
    port: str
    transform: transforms.Transform
    reason: str
    ambiguous: int = 0


class Pairing(NamedTuple):
    """Pairs, and what has no partner: entries of the descriptions."""

    rows: list
    reference_only: list
    port_only: list

    def lacks_trained(self):
        """Variables that are trained on one side and have no partner."""
        return [entry for entry in self.reference_only + self.port_only if entry["trainable"]]


def _role(leaf):
    leaf = re.sub(r"_\d+$", "", leaf.lower())
    return _ROLES.get(leaf, leaf)


def _key(name):
    """The last scope and the role of a name: what is left of it in any library."""
    parts = [part for part in name.lower().split("/") if part]
    return tuple(re.sub(r"[^a-z0-9]", "", part) for part in parts[-2:-1]) + (_role(parts[-1]),)


def pair(reference, port):
    """The `Pairing` of two descriptions.

    Args:
      reference: `[{"name", "role", "kind", "shape", "trainable", "forget_bias", "optimizer"}]`,
        those of layers first and in the order of use; `optimizer` is the number of the one that
        trains it, or None.
      port: `[{"path", "leaf", "shape", "trainable", "layer", "optimizer"}]` in the order of
        creation.
    """
    rows, left, open_ = [], list(reference), _like_reference(reference, port)
    for match in (_recurrent, _by_name, _by_order):
        for row, entry, taken in list(match(left, open_)):
            rows.append(row)
            if entry in left:
                left.remove(entry)
            open_.remove(taken)
    order = {entry["name"]: number for number, entry in enumerate(reference)}
    rows.sort(key=lambda row: order[row.reference])
    return Pairing(rows, left, open_)


def _like_reference(reference, port):
    """The port's entries, with the numbers of the reference's optimisers where those are clear.

    Two optimisers are one where the shapes of what they train are the same.
    """
    ours, theirs = _shapes(port), _shapes(reference)
    numbers = {}
    for number in sorted(theirs):
        fitting = [other for other in sorted(ours)
                   if ours[other] == theirs[number] and other not in numbers]
        if fitting:
            numbers[fitting[0]] = number
    return [dict(entry, optimizer=numbers.get(entry["optimizer"])) for entry in port]


def _shapes(entries):
    """`{optimiser: sorted shapes of what it trains}`."""
    found = {}
    for entry in entries:
        if entry["optimizer"] is not None:
            found.setdefault(entry["optimizer"], []).append(entry["shape"])
    return {number: sorted(shapes) for number, shapes in found.items()}


def _recurrent(reference, port):
    """Cells of TensorFlow 1, one kernel each, with the layers that hold two."""
    cells = [entry for entry in reference if entry["kind"] == "LSTM cell"]
    kernels = [entry for entry in cells if entry["role"] == "kernel"]
    biases = [entry for entry in cells if entry["role"] == "bias"]
    own = [entry for entry in port if entry["layer"] in ("LSTM", "LSTMCell")]
    by_leaf = {leaf: [entry for entry in own if entry["leaf"] == leaf]
               for leaf in ("kernel", "recurrent_kernel", "bias")}
    reason = "kind, shape and order of use"
    for cell, kernel, recurrent in zip(kernels, by_leaf["kernel"], by_leaf["recurrent_kernel"]):
        inputs = kernel["shape"][0]
        if cell["shape"] == [inputs + recurrent["shape"][0], kernel["shape"][1]]:
            yield Row(cell["name"], kernel["path"], transforms.lstm_kernel(inputs),
                      reason), cell, kernel
            yield Row(cell["name"], recurrent["path"], transforms.lstm_recurrent_kernel(inputs),
                      reason), cell, recurrent
    for cell, bias in zip(biases, by_leaf["bias"]):
        if cell["shape"] == bias["shape"]:
            yield Row(cell["name"], bias["path"], transforms.lstm_bias(cell["forget_bias"] or 0.0),
                      reason), cell, bias


def _by_name(reference, port):
    """Variables whose last scope and role are equal, and nobody else's."""
    def unique(entries, key):
        found = {}
        for entry in entries:
            found.setdefault(_key(entry[key]), []).append(entry)
        return {name: group[0] for name, group in found.items() if len(group) == 1}
    named = unique(port, "path")
    for name, entry in unique(reference, "name").items():
        partner = named.get(name)
        if partner and partner["shape"] == entry["shape"] and (
                partner["trainable"] == entry["trainable"]):
            yield Row(entry["name"], partner["path"], transforms.UNCHANGED, "name"), entry, partner


def _fits(entry, partner):
    """How a variable fits another: 0 not, 1 with the same numbers in another shape, 2 as it is."""
    if entry["trainable"] != partner["trainable"] or entry["kind"] == "state" and (
            _role(entry["role"]) != partner["leaf"]):
        return 0
    if None not in (entry["optimizer"], partner["optimizer"]) and (
            entry["optimizer"] != partner["optimizer"]):
        return 0
    roles = (_role(entry["role"]), partner["leaf"])
    if roles[0] != roles[1] and roles[0] in ("kernel", "bias", "gamma", "beta"):
        return 0
    if entry["shape"] == partner["shape"]:
        return 2
    whole = [size for size in entry["shape"] if size != 1]
    return int(whole == [size for size in partner["shape"] if size != 1])


def _by_order(reference, port):
    """Variables of one role and shape, in the order of use on both sides."""
    taken = []
    for entry in list(reference):
        fitting = [partner for partner in port if partner not in taken and _fits(entry, partner)]
        if not fitting:
            continue
        partner = max(fitting, key=lambda partner: _fits(entry, partner))
        others = sum(_fits(other, partner) == 2 for other in reference if other is not entry)
        taken.append(partner)
        same = entry["shape"] == partner["shape"]
        transform = transforms.UNCHANGED if same else transforms.reshaped(partner["shape"])
        yield Row(entry["name"], partner["path"], transform, "kind, shape and order of use",
                  others), entry, partner
