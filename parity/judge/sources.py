"""The lines of both programs that make the tensor that departs first."""

import re

from parity.common import rungs
from parity.judge import tensor_names

# Suffix of a layer's tensors after the layer's name.
_OF_LAYER = re.compile(f"({re.escape(tensor_names.NOT_TRAINING)}|/input)$")
_TAKEN = re.compile(rf"^{tensor_names.INPUT_OF}(.+)/\d+/\d+$")


def of(mapping, first, layers=None):
    """`{"legacy", "modern"}`: a line, "file.py:number", of each side; "" where it is not known.

    Args:
      mapping: a `parity.pair.mapping.Mapping`.
      first: the `Finding` that departs first; {} is returned for None.
      layers: `{output of a layer of the port: line that made the layer}`.
    """
    if first is None:
        return {}
    made = mapping.reference.get("made", {})
    if first.rung == rungs.FORWARD:
        return {"legacy": made.get("layers", {}).get(_OF_LAYER.sub("", first.tensor), ""),
                "modern": (layers or {}).get(_TAKEN.sub(r"\1", first.note), "")}
    if first.rung == rungs.LOSSES:
        return {"legacy": made.get("losses", {}).get(tensor_names.loss_of(first.tensor), ""),
                "modern": ""}
    path = tensor_names.variable_of(first.tensor)
    return {"legacy": _theirs(mapping, made, first.rung, path),
            "modern": _ours(mapping, first.rung, path)}


def _theirs(mapping, made, rung, path):
    """The reference's line: of the variable, or of its update from the rung of gradients on.

    Args:
      mapping: the `Mapping`.
      made: {"variables", "updates"}: {name: line}, as the reference's recorder describes them.
      rung: number of the rung.
      path: the variable's path in the port.
    """
    names = [row.reference for row in mapping.variables.rows if row.port == path] or [path]
    names = [part for name in names for part in mapping.joins.get(name, [name])]
    kind = "variables" if rung < rungs.GRADIENTS else "updates"
    return next((made[kind][name] for name in names if name in made.get(kind, ())), "")


def _ours(mapping, rung, path):
    """The port's line: of the variable, or of its optimiser from the first update on."""
    if rung >= rungs.UPDATE and path in mapping.optimizers:
        return mapping.port["optimizers"][mapping.optimizers[path]].get("line", "")
    return next((entry.get("line", "") for entry in mapping.port["variables"]
                 if entry["path"] == path), "")


def texts(mapping, lines):
    """`{"legacy"}`: the text of its line in `lines` when it was captured, where that is known."""
    known = mapping.reference.get("made", {}).get("texts", {})
    return {side: known[place] for side, place in lines.items() if place in known}
