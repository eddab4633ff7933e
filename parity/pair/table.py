"""Prints the mapping of a pair as a table, for `--show_mapping`."""

import os

from parity.pair import bookkeeping
from parity.pair import captures
from parity.pair import port_inputs
from parity.pair import preparation
from parity.pair import unmatched
from parity.pair.recorders import Recorders


def show(config, folder, progress):
    """(text, exit status) of the mapping of a pair; no step is run.

    Args:
      config: the `PairConfig`.
      folder: an empty folder for the recorders' files.
      progress: function that shows a line.

    Returns:
      The exit status is 2 where a trained variable has no partner, else 0.
    """
    example = os.path.join(folder, "example.npz")
    with Recorders(folder, config.python) as recorders:
        recorders.start(reference=True, ports=1)
        captured = captures.captured(config, folder, progress)
        progress(f"reading {config.program}")
        described = recorders.reference("describe", captured=captured, example=example)
        with recorders.port() as port:
            found = preparation.mapped(config, "float32", described, port, example)
    return text(found), 2 if found.variables.lacks_trained() else 0


def text(found):
    """Table of a `parity.pair.mapping.Mapping`, as text."""
    parts = (("variables", _variables(found)), ("inputs", _inputs(found)), ("slots", _slots(found)),
             ("without a partner", _left(found)), ("bookkeeping, not compared", _notes(found)))
    return "".join(f"{title}\n{columns(rows)}" for title, rows in parts if rows)


def columns(rows):
    """Text of rows of cells, indented by 2 and aligned in columns that are 2 spaces apart."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "".join("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
                   + "\n" for row in rows)


def _variables(found):
    return [("TensorFlow 1", "port", "layout", "paired by", "others that fit")] + [
        (row.reference, row.port, row.transform.name or "as it is", row.reason,
         str(row.ambiguous) if row.ambiguous else "none") for row in found.variables.rows]


def _inputs(found):
    rows = [(row.reference, row.port, row.reason) for row in found.inputs]
    rows += [(label, "label", "what the model does not take") for label in found.labels
             if found.port["form"] != "object"]
    taken = {row[0] for row in rows}
    left = [entry["tensor"] for entry in found.reference["inputs"] if entry["tensor"] not in taken]
    if found.port["form"] == "object":
        return rows + [(name, f'batch["{port_inputs.plain(name)}"]', "the operation's name")
                       for name in left]
    return rows + [(name, "", "not given to the port") for name in left]


def _slots(found):
    held = {}
    for slot in found.slots:
        held.setdefault(slot.port, []).append(
            f"{slot.role}: {slot.reference}" + (" times minus the rate" if slot.holds_rate else ""))
    return [(path, ", ".join(roles)) for path, roles in held.items()] + [
        (f"optimiser {row.optimizer}", f"{row.name}: {row.reference}") for row in found.own]


def _left(found):
    """[(name, line)] of trained variables, statistics and frozen weights without a partner."""
    lines = unmatched.said(found.variables)
    said = {name for name, _ in lines}
    pairing = found.variables
    lines += [(entry["name"], f"is {entry['shape']} and is not trained")
              for entry in pairing.reference_only if entry["name"] not in said
              and not bookkeeping.word(entry, found.reference["variables"])]
    lines += [(entry["path"], f"of the port is {entry['shape']} and is not trained")
              for entry in pairing.port_only if entry["path"] not in said
              and not entry["trainable"]]
    return lines


def _notes(found):
    own = {row.reference for row in found.own}
    words = [(entry["name"], bookkeeping.word(entry, found.reference["variables"]))
             for entry in found.variables.reference_only if entry["name"] not in own]
    return [(name, word) for name, word in words if word]
