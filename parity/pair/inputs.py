"""Pairs the inputs of a captured program and of a port: by name, else by type and shape."""

import re
from typing import NamedTuple


class Row(NamedTuple):
    """A pair of inputs: the reference's tensor, the port's name, the reason for the pairing."""

    reference: str
    port: str
    reason: str


def _short(name):
    name, _, index = name.partition(":")
    if index not in ("", "0"):
        return "output" + index
    return re.sub(r"[^a-z0-9]", "", name.rpartition("/")[2].lower())


def _kind(dtype):
    return "float" if "float" in dtype else "boolean" if dtype == "bool" else (
        "text" if dtype in ("object", "string") else "whole number")


def _fits(entry, wanted):
    shape = wanted["shape"]
    return _kind(entry["dtype"]) == _kind(wanted["dtype"]) and len(shape) == len(
        entry["shape"]) and all(size in (None, given)
                                for size, given in zip(shape[1:], entry["shape"][1:]))


def pair(reference, port):
    """(`Row`s of the port's inputs, names of the remaining inputs, which are labels).

    A single number, as a keep probability, is no label, and neither is a text. For a port that does
    not declare its inputs, an input of a layer of the reference is none either.

    Args:
      reference: `[{"tensor", "shape", "dtype", "phases", "taken"}]`, of the first step.
      port: `[{"name", "shape", "dtype"}]`.
    """
    rows, left = [], list(reference)
    for wanted in port:
        named = [entry for entry in left if _short(entry["tensor"]) == _short(wanted["name"])]
        fitting = named or [entry for entry in left if _fits(entry, wanted)]
        if fitting:
            left.remove(fitting[0])
            rows.append(Row(fitting[0]["tensor"], wanted["name"],
                            "name" if named else "type and shape"))
    return rows, [entry["tensor"] for entry in left
                  if entry["shape"] and _kind(entry["dtype"]) != "text"
                  and (port or not entry.get("taken"))]
