"""The ladder: nine rungs from structure to checkpoints, each compared tensor by tensor."""

from parity import differences
from parity import distributions
from parity.common import trace
from parity.findings import Finding

AT_THE_START = " at the start"

RUNG_OF_PREFIX = {3: "taps/", 4: "loss/", 5: "gradients/"}


def _structure(pair):
    """Rung 1: every variable and slot has a partner of its shape, dtype and kind."""
    legacy, modern = (side[0]["variables"] for side in (pair.legacy, pair.modern))
    for names, variables, note in ((pair.mapping.legacy_only, legacy, "no partner in the port"),
                                   (pair.mapping.modern_only, modern, "in the port only")):
        for name in names:
            # An optimiser may count otherwise; what it does with that shows at rungs 6 to 8.
            own = "@" in name or not variables[name]["dtype"].startswith("float")
            yield Finding(1, pair.dtype, name,
                          differences.NOT_RUN if own else differences.DIFFERENT, note=note)
    for name, partner in pair.mapping.partners.items():
        notes = [f"{field} {legacy[name][field]}, {modern[partner][field]} in the port"
                 for field in ("shape", "dtype", "trainable")
                 if legacy[name][field] != modern[partner][field]]
        yield Finding(1, pair.dtype, name,
                      differences.DIFFERENT if notes else differences.IDENTICAL,
                      note="; ".join(notes))


def _initializers(pair):
    """Rung 2: the declared distributions, and draws from them."""
    for name, legacy in pair.legacy[0]["initializers"].items():
        partner = pair.mapping.partners.get(name)
        modern = pair.modern[0]["initializers"].get(partner)
        if modern is None:
            yield Finding(2, pair.dtype, name, differences.NOT_RUN,
                          note="the port's layer declares no initialiser for it")
            continue
        note = distributions.compare(
            legacy, pair.legacy[1]["draws/" + name], modern, pair.modern[1]["draws/" + partner])
        yield Finding(2, pair.dtype, name,
                      differences.DIFFERENT if note else differences.IDENTICAL, note=note)


def _partner_key(pair, key):
    """The port's key of the reference's gradients/<phase>/<variable>, taps/... or losses/..."""
    if not key.startswith("gradients/"):
        return key
    phase, _, name = key[len("gradients/"):].partition("/")
    return "gradients/{}/{}".format(phase, pair.mapping.partners.get(name, name))


def first_pass(pair):
    """Rungs 3 to 5, `(rung, tensor, Difference)` in forward order."""
    for rung, prefix in RUNG_OF_PREFIX.items():
        for key in pair.legacy[1]:
            partner = _partner_key(pair, key)
            if not key.startswith(prefix) or partner not in pair.modern[1]:
                continue
            yield rung, key[len(prefix):], differences.measure(
                pair.modern[1][partner], pair.legacy[1][key])


def steps(pair):
    """Rungs 6 to 8, `(rung, tensor, k, Difference)`: one step from each of the reference's states.

    Rung 6 holds the trainable variables' first update, rung 7 all other state after it.
    """
    legacy, modern = pair.legacy[1], pair.modern[1]
    variables = pair.legacy[0]["variables"]
    for k in pair.legacy[0]["resync"]:
        for name, partner in pair.mapping.partners.items():
            before = legacy[f"state/{k}/{name}"]
            gap = differences.measure(
                modern[f"stepped/{k}/{partner}"], legacy[f"state/{k + 1}/{name}"], before)
            if k == 0:
                yield (6 if variables[name]["trainable"] else 7), name, k, gap
            yield 8, name, k, gap


def starts(pair):
    """Rung 7 too, `(name, Difference)`: slots and powers before the first step.

    The steps of rung 8 begin with the reference's slots, which hides where the port's begin.
    """
    for name, partner in pair.mapping.partners.items():
        if f"start/{partner}" in pair.modern[1]:
            yield name + AT_THE_START, differences.measure(
                pair.modern[1][f"start/{partner}"], pair.legacy[1][f"state/0/{name}"])


def compared_tensors(pair):
    """`{(rung, tensor, k): Difference}` of rungs 3 to 8, in order."""
    found = {(rung, name, 0): gap for rung, name, gap in first_pass(pair)}
    found.update(((7, name, 0), gap) for name, gap in starts(pair))
    stepped = sorted(steps(pair), key=lambda row: row[0])
    found.update(((rung, name, k), gap) for rung, name, k, gap in stepped)
    return found


def structure_and_initializers(pair):
    """Findings of rungs 1 and 2."""
    return list(_structure(pair)) + list(_initializers(pair))


def structural_zeros(pair):
    """Variables whose gradient is zero but for rounding, as that of a bias before batch norm.

    Such a gradient is noise: its relative difference says nothing, and an adaptive optimiser makes
    full steps of it. It is told by its size beside the largest gradient of the same network.
    """
    epsilon = 2.0 ** (-23 if pair.dtype == "float32" else -52)
    sizes = {key.split("/", 1)[1]: float(abs(value).max())
             for key, value in trace.part(pair.legacy[1], "gradients/").items()}
    largest = {}
    for name, size in sizes.items():
        network = name.split("/")[0]
        largest[network] = max(largest.get(network, 0.0), size)
    return {name for name, size in sizes.items()
            if 0 < size <= 1e3 * epsilon * largest[name.split("/")[0]]}
