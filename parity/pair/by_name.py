"""Pairs variables by the names that their authors gave to layers."""

from parity.pair import fits
from parity.pair import roles
from parity.pair.rows import Row


def match(reference, port):
    """Yields (`Row`, entry, partner) where a name and a role are one variable's on each side.

    The ends of the scopes are compared, the longest first: "net/block1/conv" is "block1_conv", and
    "net/fc1" is "fc1" where there is no other of that name.
    """
    named = [_by_suffix(entries) for entries in (reference, port)]
    taken = set()
    for suffix in sorted(set(named[0]) & set(named[1]), key=lambda each: (-len(each), each)):
        for entry in named[0][suffix]:
            partner = _only(entry, named[1][suffix])
            if not partner or _only(partner, named[0][suffix]) is not entry or (
                    {id(entry), id(partner)} & taken):
                continue
            found = fits.fit(entry, partner)
            if found:
                taken.update((id(entry), id(partner)))
                yield Row(entry["name"], partner["path"], fits.layout(entry, partner).transform,
                          "name"), entry, partner


def namesake(entry, others):
    """Entry of the other side with the same name and role, whatever its shape; None if none."""
    named = _by_suffix(others)
    for suffix in sorted(roles.suffixes(entry) & set(named), key=lambda each: (-len(each), each)):
        found = _only(entry, named[suffix])
        if found:
            return found
    return None


def _by_suffix(entries):
    found = {}
    for entry in entries:
        for suffix in roles.suffixes(entry):
            found.setdefault(suffix, []).append(entry)
    return found


def _only(entry, others):
    """Entry whose role agrees best; None where several agree as well."""
    best = max((roles.agreement(entry, other) for other in others), default=0)
    found = [other for other in others if roles.agreement(entry, other) == best]
    return found[0] if best and len(found) == 1 else None
