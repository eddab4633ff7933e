"""Check of a recorder's description of its side, as far as pairing and judging rely on it."""

from typing import NamedTuple

_SHAPE = (list, type(None))
_VARIABLE = {"shape": _SHAPE, "dtype": str, "trainable": bool}
_FIELDS = {
    "reference": {
        "variables": dict(_VARIABLE, name=str, role=str, kind=str),
        "updates": {"variable": str, "kind": str, "scope": str, "slots": dict},
        "inputs": {"tensor": str, "shape": _SHAPE, "dtype": str}},
    "port": {
        "variables": dict(_VARIABLE, path=str, leaf=str, layer=str),
        "optimizers": {"trained": list, "roles": list, "own": list},
        "inputs": {"name": str, "shape": _SHAPE, "dtype": str}}}


class Wrong(NamedTuple):
    """An entry that is not as recorders write it: its place, and its value."""

    place: str
    value: object

    def __str__(self):
        return f"{self.place} as recorders write it, received {str(self.value)[:80]}"


def wrong(side, description):
    """The first entry that is `Wrong`, or None.

    Args:
      side: "reference" or "port".
      description: the description in the header of its trace.
    """
    return next(_wrong(side, description), None)


def _wrong(side, description):
    for part, fields in _FIELDS[side].items():
        entries = description.get(part)
        if not isinstance(entries, list):
            yield Wrong(part, entries)
            return
        for number, entry in enumerate(entries):
            yield from _of_entry(f"{part}[{number}]", entry, fields)
    yield from _of_names(side, description)
    if side == "reference":
        yield from _of_numbers(description)


def _of_numbers(description):
    """Yields `Wrong` where steps at which schedules bend, or calls of a step, are no integers."""
    bends, phases = description.get("bends"), description.get("phases")
    if not isinstance(bends, list) or not all(type(each) is int for each in bends):
        yield Wrong("bends", bends)
    if type(phases) is not int or phases < 1:
        yield Wrong("phases", phases)


def _of_entry(place, entry, fields):
    """Yields `Wrong` for each field of an entry that is missing or of another type.

    Args:
      place: the place of the entry.
      entry: the entry, of any type.
      fields: `{name: type}`; texts are expected in lists and as values of dicts.
    """
    for name, kind in fields.items():
        value = entry.get(name) if isinstance(entry, dict) else entry
        if not isinstance(value, kind) or (name == "shape" and not _is_shape(value)) or (
                kind is list and not all(isinstance(each, str) for each in value)) or (
                kind is dict and not all(isinstance(each, str) for each in value.values())):
            yield Wrong(f"{place}.{name}", value)


def _is_shape(value):
    return value is None or all(
        size is None or (type(size) is int and size >= 0) for size in value)


def _of_names(side, description):
    """Yields `Wrong` where a name that is trained is no variable's, or where two have one name."""
    key, part = ("name", "updates") if side == "reference" else ("path", "optimizers")
    names = [entry[key] for entry in description["variables"]]
    if len(set(names)) != len(names):
        yield Wrong("variables", "two of one name")
    for number, entry in enumerate(description[part]):
        trained = [entry["variable"]] if side == "reference" else entry["trained"]
        for name in trained:
            if name not in names:
                yield Wrong(f"{part}[{number}]", name)
