"""Describes layers, random draws and other state of a capture."""

from parity.reference.reading import assignments
from parity.reference.reading import descriptions
from parity.reference.reading import distributions
from parity.reference.reading import draws
from parity.reference.reading import layers as all_layers
from parity.reference.reading import spectral_norms
from parity.reference.reading import structure
from parity.reference.reading import tensors
from parity.reference.showing import wording


def layers(captured):
    """Section on the layers of a capture, in the order of use."""
    graph, found = structure.of(captured), all_layers.read(captured)
    decays = {}
    for average in assignments.moving_averages(captured):
        if average.decay is not None:
            decays.setdefault(average.variable.rpartition("/")[0], []).append(average.decay)
    rows = []
    for layer in found:
        scopes = {name.rpartition("/")[0] for name in layer.variables.values()}
        own = sorted({decay for scope in scopes for decay in decays.get(scope, ())}) if (
            "norm" in layer.kind) else ()
        rows.append((layer.name, "{}; {}".format(
            descriptions.layer(layer, own), descriptions.initials(graph, layer)),
            layer.parameters))
    lines = ["{}{}{}".format(name + ": " if name else "", words,
                             "" if count is None else " [{:,}]".format(count))
             for name, words, count in descriptions.folded(rows)]
    total = sum(layer.parameters for layer in found)
    trained = sum(layer.parameters for layer in found if layer.trained)
    return wording.section("Layers, in the order of use: {:,} parameters{}".format(
        total, "" if total == trained else ", {:,} of them trained".format(trained)), lines)


def random_draws(captured):
    """Section on random draws; dropouts that keep the same share stand in one line."""
    grouped, lines = {}, []
    for draw in draws.read(captured):
        if draw.purpose.startswith("dropout"):
            grouped.setdefault(draw.purpose, []).append(draw.place)
        else:
            lines.append("{}: {}, {}; {} {}".format(draw.operation, draw.shape, distributions.words(
                draw.drawn), draw.purpose, draw.place))
    lines += ["{}, after {}".format(purpose, wording.some(places))
              for purpose, places in grouped.items()]
    hidden = sorted({name for call in captured.calls for name in call.hidden})
    if hidden:
        lines.append("inside loops or branches, from the graph's seed: " + wording.some(hidden))
    return wording.section("Random draws", lines)


def state(captured):
    """Section on moving averages, clips, counters and copies, one line for each kind."""
    grouped = {}
    for average in assignments.moving_averages(captured):
        decay = "a decay that is computed" if average.decay is None else "decay {}".format(
            tensors.number(average.decay))
        if average.counter:
            decay += " at most, (1 + n) / (10 + n) before, n from {}".format(average.counter)
        what = "weights" if average.of_variable else "statistics of batches"
        grouped.setdefault("moving averages of {}, {}".format(what, decay), []).append(
            average.variable)
    vectors = {norm.vector for norm in spectral_norms.read(structure.of(captured))}
    for other in assignments.others(captured):
        words = "vectors of spectral norms" if other.variable in vectors else _assigned(other)
        grouped.setdefault(words, []).append(other.variable)
    return wording.section("Other state", [
        "{}: {}".format(words, wording.some(dict.fromkeys(names)))
        for words, names in grouped.items()])


def _assigned(other):
    numbers = [tensors.number(value) for value in other.numbers]
    return {"counter": "counter, plus {} each time".format((numbers + [""])[0]),
            "clip": "weights clipped to [{}]".format(", ".join(numbers)),
            "slot clip": "slots of optimisers clipped to [{}]".format(", ".join(numbers)),
            "copy": "copied from {}".format(other.source),
            "set": "set from {}".format(other.source),
            "other": "written by {}".format(other.source or "other operations")}[other.kind]
