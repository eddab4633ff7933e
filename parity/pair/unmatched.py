"""Lines on trained variables without a partner: their shapes, and the nearest candidates."""

from parity.pair import by_name
from parity.pair import roles
from parity.pair import transforms


def said(pairing):
    """[(name, line)] of the trained variables without a partner, with shapes.

    Args:
      pairing: a `parity.pair.rows.Pairing`.
    """
    lacking = pairing.lacks_trained()
    ours = [entry for entry in lacking if "path" in entry]
    found, met = [], set()
    for entry in lacking:
        if "path" in entry:
            continue
        partner = _nearest(entry, ours, pairing)
        met.add(partner["path"] if partner else "")
        found.append((entry["name"], _line(entry, partner)))
    theirs = [entry for entry in pairing.reference_only if "name" in entry]
    for entry in ours:
        if entry["path"] not in met:
            partner = by_name.namesake(entry, theirs)
            found.append((entry["path"], (
                f"the port's {entry['path']} is {entry['shape']}; " + (
                    f"{partner['name']} of the reference is {partner['shape']}" if partner else
                    "the reference has nothing left of that kind"))))
    return found


def _line(entry, partner):
    start = f"{entry['name']} is {entry['shape']}; "
    special = _not_in_keras(entry, partner)
    if special:
        return start + special
    if partner is None:
        return start + "the port has nothing left of that kind"
    return start + f"the nearest of the port, {partner['path']}, is {partner['shape']}"


def _not_in_keras(entry, partner):
    """Description of a variable that Keras's recurrent layers do not have; "" of any other."""
    scopes, leaf = roles.split(entry["name"])
    if leaf in ("w_f_diag", "w_i_diag", "w_o_diag"):
        return "peepholes of an LSTM, which Keras's LSTM does not have"
    if scopes[-1:] == ["projection"] and any("lstm" in scope for scope in scopes):
        return "the projection of an LSTM's state, which Keras's LSTM does not have"
    if partner and entry["kind"] == "GRU cell" and partner["shape"] == [2] + entry["shape"]:
        return (f"the port's {partner['path']} is {partner['shape']}: TensorFlow 1's GRUCell is "
                "keras.layers.GRU(..., reset_after=False)")
    return ""


def _nearest(entry, ours, pairing):
    """Most likely partner among the port's unpaired variables, or None."""
    meant = [partner for other, partner in pairing.mismatched if other["name"] == entry["name"]]
    if meant:
        return meant[0]
    named = by_name.namesake(entry, ours)
    if named:
        return named
    alike = [partner for partner in ours if roles.agreement(entry, partner)]
    return max(alike, key=lambda partner: _likeness(entry, partner), default=None)


def _likeness(entry, partner):
    """Sort key: both or neither belong to a cell, words in common, equal ranks, sizes in common."""
    one, other = list(entry["shape"] or []), list(partner["shape"])
    cell = bool(transforms.gates(entry["kind"])) == (partner["layer"] or "").endswith("Cell")
    equal = sum(size == there for size, there in zip(reversed(one), reversed(other)))
    return (cell, len(roles.words(entry) & roles.words(partner)), len(one) == len(other), equal)
