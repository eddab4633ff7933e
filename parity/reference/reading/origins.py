"""The program's own lines that made what a comparison names: variables, layers, losses, updates."""

from parity.reference.reading import layers
from parity.reference.reading import updates


def read(captured):
    """`{kind: {name: "file:line"}}`, of each the innermost line, and what the lines say.

    The kinds are "variables", "layers", "losses" and "updates", these by their variable; "texts"
    is `{"file:line": text}` of all of them, as the program stood when it was captured.
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
    """`{layer: operation}` of what gives its output; "/activation" behind one that follows."""
    found = {}
    for layer in layers.read(captured):
        found[layer.name] = layer.output.partition(":")[0]
        if layer.activation.output != layer.output:
            found[layer.name + "/activation"] = layer.activation.output.partition(":")[0]
    return found


def _losses(captured):
    return {loss.tensor: loss.tensor.partition(":")[0]
            for update in updates.read(captured) for loss in update.losses}
