"""Finds the program's lines that made the variables, layers, losses and updates."""

from parity.reference.reading import layers
from parity.reference.reading import updates


def read(captured):
    """`{kind: {name: "file:line"}}`, the innermost line of the program that made each.

    Kinds are "variables", "layers", "losses", and "updates" (named by their variable). "texts" is
    `{"file:line": text}` of all these lines, as they were when the program was captured.
    """
    found, texts = {}, {}
    for kind, operations in (
            ("variables", {name: name for name in captured.variables}),
            ("layers", _layers(captured)), ("losses", _losses(captured)),
            ("updates", {update.variable: update.operation for update in updates.read(captured)})):
        found[kind] = {}
        for name, operation in operations.items():
            for line in captured.source(operation)[:1]:
                place = "{}:{}".format(line.path, line.line)
                found[kind][name], texts[place] = place, line.text
    return dict(found, texts=texts)


def _layers(captured):
    """`{layer: operation of its output}`, and `{layer/activation: operation}` of activations."""
    found = {}
    for layer in layers.read(captured):
        found[layer.name] = layer.output.partition(":")[0]
        if layer.activation.output != layer.output:
            found[layer.name + "/activation"] = layer.activation.output.partition(":")[0]
    return found


def _losses(captured):
    return {loss.tensor: loss.tensor.partition(":")[0]
            for update in updates.read(captured) for loss in update.losses}
