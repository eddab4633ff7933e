"""Why a port departs where it departs: what the shape of the first difference says."""

import numpy as np

from parity import ladder


def _ratio(port, reference):
    """(factor, what it leaves unexplained) of port = factor * reference."""
    port, reference = np.float64(port).ravel(), np.float64(reference).ravel()
    size = reference @ reference
    if not size:
        return 0.0, np.inf
    factor = (port @ reference) / size
    return factor, float(np.linalg.norm(port - factor * reference) / np.sqrt(size))


def _is_factor(factor, rest):
    """Whether a factor explains the difference, rather than being beside a small one."""
    return rest < min(1e-6, 1e-2 * abs(factor - 1))


def _forward(first, pair):
    port = np.float64(pair.modern[1]["taps/" + first.tensor])
    reference = np.float64(pair.legacy[1]["taps/" + first.tensor])
    if port.shape != reference.shape:
        return "the layer gives another shape"
    negative, positive = reference < 0, reference > 0
    if negative.any() and positive.any():
        factor, rest = _ratio(port[negative], reference[negative])
        same = np.linalg.norm((port - reference)[positive]) <= 1e-9 * np.linalg.norm(reference)
        if same and _is_factor(factor, rest):
            return (f"positive outputs agree, negative ones are {factor:.8g} times the "
                    "reference's: the slope of the leaky ReLU")
    factor, rest = _ratio(port, reference)
    if _is_factor(factor, rest):
        return f"the layer's output is {factor:.8g} times the reference's"
    if first.tensor.split(":")[-1] == _first_tap(pair, first.tensor):
        return "the first layer of the pass differs though its weights agree: its input or formula"
    return "layers before it agree; this layer's formula or constants differ"


def _first_tap(pair, tensor):
    phase = tensor.split(":")[0]
    for key in pair.legacy[1]:
        if key.startswith(f"taps/{phase}:"):
            return key.split(":")[-1]
    return ""


def _loss(first, pair):
    port = pair.modern[1]["loss/" + first.tensor]
    reference = pair.legacy[1]["loss/" + first.tensor]
    return (f"every layer agrees and the loss is {float(port):.9g} instead of "
            f"{float(reference):.9g}: its formula, labels or weights")


def _update(first, pair):
    phases = [side[0]["phases"] for side in (pair.legacy, pair.modern)]
    if phases[0] != phases[1] and sorted(phases[0]) == sorted(phases[1]):
        return (f"the phases run in another order: {', '.join(phases[0])}; in the port "
                f"{', '.join(phases[1])}")
    name = first.tensor
    before = np.float64(pair.legacy[1][f"state/0/{name}"])
    factor, rest = _ratio(
        np.float64(pair.modern[1][f"stepped/0/{pair.mapping.partners[name]}"]) - before,
        np.float64(pair.legacy[1][f"state/1/{name}"]) - before)
    if _is_factor(factor, rest):
        return (f"gradients agree and the update is {factor:.8g} times the reference's: the "
                "learning rate")
    if not _same_gradient_came_in(pair, name):
        return ("gradients from the initial state agree, but the optimiser saw another one: an "
                "earlier update was already applied, other inputs were fed, or the gradient is "
                "changed on its way")
    return ("gradients agree and the update differs entry by entry: the optimiser's rule or its "
            "constants (epsilon, decays)")


def _same_gradient_came_in(pair, name):
    """Whether the slots that a step leaves are proportional; without slots, so is the update."""
    slots = [(legacy, modern) for legacy, modern in pair.mapping.partners.items()
             if legacy.startswith(name + "@")]
    return bool(slots) and all(
        _ratio(pair.modern[1][f"stepped/0/{modern}"], pair.legacy[1][f"state/1/{legacy}"])[1]
        <= 1e-6 for legacy, modern in slots)


def _state(first, pair):
    name = first.tensor
    if not name.endswith(ladder.AT_THE_START):
        return ("weights move alike, this state does not: the optimiser's constants, or what "
                "follows the assignments")
    name = name[:-len(ladder.AT_THE_START)]
    port = pair.modern[1]["start/" + pair.mapping.partners[name]]
    reference = pair.legacy[1][f"state/0/{name}"]
    return (f"the optimiser starts this at {np.ravel(port)[0]:g}, the reference at "
            f"{np.ravel(reference)[0]:g}")


_BY_RUNG = {
    1: lambda first, pair: first.note,
    2: lambda first, pair: first.note,
    3: _forward,
    4: _loss,
    5: lambda first, pair: "losses agree, their gradients do not: a formula that is equal in value "
                           "and not in slope, or a cut gradient",
    6: _update,
    7: _state,
    8: lambda first, pair: f"the step from the reference's state after {first.step} steps differs: "
                           "a schedule, a counter, or state that the first step does not use",
    9: lambda first, pair: first.note,
}


def cause(first, pair):
    """One sentence on the first difference."""
    if first.verdict in ("constants", "inconclusive"):
        return first.note
    return _BY_RUNG[first.rung](first, pair)


def sources(first, pair):
    """`{"legacy": "file:line", "modern": "file:line"}` that made the tensor; "" where unknown."""
    found = {}
    for side, header in (("legacy", pair.legacy[0]), ("modern", pair.modern[0])):
        lines = header["sources"]
        name = first.tensor.split(":")[-1]
        if first.rung == 4:
            keys = ["loss " + name.split("/", 1)[-1], "losses"]
        elif first.rung >= 6:
            keys = ["optimizer " + loss for loss in (name.split("/")[0],
                                                     name.split("@")[0].split("/")[-1])]
            keys += [key for key in lines if key.startswith("optimizer ")][:1]
        else:
            variable = name.partition("/")[2] if first.rung == 5 else name  # after the phase
            layer = "/".join(variable.split("/")[:2])
            keys = [layer, layer.replace("_1/", "/")]
        found[side] = next((lines[key] for key in keys if lines.get(key)), "")
    return found

