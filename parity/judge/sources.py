"""The lines of both programs that make the tensor that departs first."""

import re

from parity.judge.compared import NOT_TRAINING

_FORWARD, _LOSSES, _GRADIENTS, _UPDATE = 3, 4, 5, 6
# What follows the name of a layer in those of the tensors that it gives and takes.
_OF_LAYER = re.compile(f"({re.escape(NOT_TRAINING)}|/input)$")
_TAKEN = re.compile(r"^input of (.+)/\d+/\d+$")


def of(mapping, first, layers=None):
    """`{"legacy", "modern"}`: lines, "" where not known; {} if `first`, a finding, is None.

    Args:
      mapping: a `parity.pair.mapping.Mapping`.
      first: the finding.
      layers: `{output of a layer of the port: line that made the layer}`.
    """
    if first is None:
        return {}
    made = mapping.reference.get("made", {})
    if first.rung == _FORWARD:
        return {"legacy": made.get("layers", {}).get(_OF_LAYER.sub("", first.tensor), ""),
                "modern": (layers or {}).get(_TAKEN.sub(r"\1", first.note), "")}
    if first.rung == _LOSSES:
        return {"legacy": made.get("losses", {}).get(first.tensor.partition(" of phase ")[0], ""),
                "modern": ""}
    path = first.tensor.partition(" at the start")[0].partition("@")[0]
    return {"legacy": _theirs(mapping, made, first.rung, path),
            "modern": _ours(mapping, first.rung, path)}


def _theirs(mapping, made, rung, path):
    """The line of the variable before its gradients, from there on that of its update."""
    names = [row.reference for row in mapping.variables.rows if row.port == path] or [path]
    names = [part for name in names for part in mapping.joins.get(name, [name])]
    kind = "variables" if rung < _GRADIENTS else "updates"
    return next((made[kind][name] for name in names if name in made.get(kind, ())), "")


def _ours(mapping, rung, path):
    if rung >= _UPDATE and path in mapping.optimizers:
        return mapping.port["optimizers"][mapping.optimizers[path]].get("line", "")
    return next((entry.get("line", "") for entry in mapping.port["variables"]
                 if entry["path"] == path), "")


def texts(mapping, lines):
    """`{"legacy"}`: what its line in `lines` said when it was captured, where that is known."""
    known = mapping.reference.get("made", {}).get("texts", {})
    return {side: known[place] for side, place in lines.items() if place in known}
