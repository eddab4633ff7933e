"""Joins variables of TensorFlow 1 that are one in Keras: a GRU's gates and its candidate.

They are joined in the description, in its updates and in a trace: all other code knows one
variable, "cell/gates+candidate/kernel", whose last axis holds the blocks of both.
"""

import numpy as np

from parity.pair import cells
from parity.trace import trace

_KINDS = ("GRU cell (gates)", "GRU cell (candidate)")


def joined(reference, port):
    """Joins the GRU variables of a reference's description, if the port has GRU layers.

    Args:
      reference, port: descriptions by the recorders.

    Returns:
      (description, joins): joins is `{joined name: names of its parts}`, of variables and of slots.
    """
    wanted = [layer for layer in cells.layers(port["variables"])
              if layer["kernel"]["shape"][-1] == 3 * layer["recurrent_kernel"]["shape"][0]]
    pairs = list(_pairs(reference["variables"])) if wanted else []
    if not pairs:
        return reference, {}
    parts = {part["name"]: pair for pair in pairs for part in pair}
    entries = [_entry(*parts[entry["name"]]) if entry["name"] in parts else entry
               for entry in reference["variables"]
               if entry["name"] not in {candidate["name"] for _, candidate in pairs}]
    joins = {_name(*(part["name"] for part in pair)): [part["name"] for part in pair]
             for pair in pairs}
    updates, slots = _updates(reference["updates"], joins)
    return dict(reference, variables=entries, updates=updates), {**joins, **slots}


def _name(gates, candidate):
    """Joined name, "a/b+c/d" of "a/b/d" and "a/c/d"; both names where they differ otherwise."""
    one, other = gates.split("/"), candidate.split("/")
    apart = [place for place, parts in enumerate(zip(one, other)) if parts[0] != parts[1]]
    if len(one) != len(other) or len(apart) != 1:
        return f"{gates}+{candidate}"
    place = apart[0]
    return "/".join(one[:place] + [f"{one[place]}+{other[place]}"] + one[place + 1:])


def _pairs(entries):
    """Yields (gates, candidate), entries of the kernels and of the biases of GRU cells."""
    candidates = {(_cell(entry), entry["role"]): entry for entry in entries
                  if _cell(entry) and entry["layer"].endswith("candidate")}
    for entry in entries:
        candidate = candidates.get((_cell(entry), entry["role"]))
        if candidate and entry["kind"] == _KINDS[0] and (
                entry["shape"] == candidate["shape"][:-1] + [2 * candidate["shape"][-1]]):
            yield entry, candidate


def _cell(entry):
    """Scope of the GRU cell whose gates or candidate an entry belongs to; else ""."""
    scope, _, part = (entry.get("layer") or "").rpartition("/")
    return scope if part in ("gates", "candidate") else ""


def _entry(gates, candidate):
    shape = gates["shape"][:-1] + [gates["shape"][-1] + candidate["shape"][-1]]
    return dict(gates, name=_name(gates["name"], candidate["name"]), kind="GRU cell", shape=shape,
                layer=_cell(gates), parts=[gates["name"], candidate["name"]])


def _updates(updates, joins):
    """(updates with those of joined variables made one, joins of their slots)."""
    by_variable = {update["variable"]: update for update in updates}
    found, slots = [], {}
    second = {names[1] for names in joins.values()}
    first = {names[0]: (name, names) for name, names in joins.items()}
    for update in updates:
        if update["variable"] in second and update["variable"] in by_variable:
            continue
        name, names = first.get(update["variable"], (None, None))
        if not name or names[1] not in by_variable:
            found.append(update)
            continue
        other, made = by_variable[names[1]]["slots"], {}
        for role, slot in update["slots"].items():
            made[role] = slot if other.get(role) == slot else _name(slot, other.get(role))
            if other.get(role) != slot:
                slots[made[role]] = [slot, other.get(role)]
        found.append(dict(update, variable=name, slots=made))
    return found, slots


class Trace(trace.Trace):
    """Trace in which joined variables have names of their own.

    Args:
      arrays: mapping from names, "<part>/<step>/.../<variable>", to arrays.
      joins: joins as `joined` returns them.
    """

    def __init__(self, arrays, joins):
        super().__init__(arrays)
        self._joins = joins

    def _parts(self, key):
        """Names of the arrays that a joined array is made of; [] for any other array."""
        for name, parts in self._joins.items():
            if key.endswith("/" + name):
                return [key[:-len(name)] + part for part in parts]
        return []

    def __contains__(self, key):
        parts = self._parts(key)
        return all(part in self._arrays for part in parts) if parts else key in self._arrays

    def __getitem__(self, key):
        """Array; parts are concatenated; of single numbers, as rates, the largest is returned."""
        parts = [self._arrays[part] for part in self._parts(key)]
        if not parts:
            return self._arrays[key]
        return np.concatenate(parts, axis=-1) if parts[0].ndim else np.max(parts)

    def __iter__(self):
        yield from self._arrays
        for name, parts in self._joins.items():
            for key in self._arrays:
                if key.endswith("/" + parts[0]) and key[:-len(parts[0])] + name in self:
                    yield key[:-len(parts[0])] + name

    def __len__(self):
        return sum(1 for _ in self)
