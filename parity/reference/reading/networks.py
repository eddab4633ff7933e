"""Networks of a capture, each with the source of a function that builds it in Keras 3."""

import textwrap
from typing import List, NamedTuple

from parity.reference.keras_frame import python_names
from parity.reference.keras_frame import wiring
from parity.reference.reading import assignments
from parity.reference.reading import layers
from parity.reference.reading import structure
from parity.reference.reading import updates

_WIDTH = 100


class Network(NamedTuple):
    """Layers that the same optimisers train.

    Attributes:
      name: Python name: the scope that all its variables share, else "model" or "network_1".
      function: name of the function that builds it.
      source: code of that function.
      variables: names of its trainable variables.
      ends: names of its output tensors.
    """
    name: str
    function: str
    source: str
    variables: List[str]
    ends: List[str]


def read(captured):
    """List of the `Network`s of a capture, in the order of use."""
    groups = _groups(captured)
    names = _names(list(groups.values()))
    return [_network(captured, name, group, groups) for name, group in zip(names, groups.values())]


def _groups(captured):
    """`{optimisers: layers}`: layers grouped by the optimisers that train their variables."""
    trainers = {}
    for index, optimizer in enumerate(updates.optimizers(captured)):
        for name in optimizer.variables:
            trainers.setdefault(name, set()).add(
                tuple(loss.tensor for loss in optimizer.losses) or index)
    groups = {}
    for layer in layers.read(captured):
        key = frozenset().union(*[trainers.get(name, ()) for name in layer.variables.values()])
        if key:
            groups.setdefault(key, []).append(layer)
    return groups


def _scope(group):
    """First scope that the variables of layers share, or ""."""
    scopes = {name.partition("/")[0] if "/" in name else "" for layer in group
              for name in layer.variables.values()}
    return scopes.pop() if len(scopes) == 1 else ""


def _names(groups):
    scopes = [python_names.identifier(_scope(group)) if _scope(group) else "" for group in groups]
    if len(groups) == 1:
        return [scopes[0] or "model"]
    return [scope if scope and scopes.count(scope) == 1 and scope not in ("model", "step")
            else "network_{}".format(index + 1) for index, scope in enumerate(scopes)]


def _decays(captured, found):
    """`{layer name: sorted decays}` of the moving averages in a layer's scope."""
    decays = {}
    for average in assignments.moving_averages(captured):
        if average.decay is not None and not average.of_variable:
            scope = average.variable.rpartition("/")[0]
            for layer in found:
                if scope in {name.rpartition("/")[0] for name in layer.variables.values()}:
                    decays.setdefault(layer.name, set()).add(average.decay)
    return {name: sorted(values) for name, values in decays.items()}


def _network(captured, name, group, groups):
    graph = structure.of(captured)
    scope = _scope(group)
    short = {layer.name: python_names.identifier(layer.name[len(scope) + 1:] if scope and
             layer.name.startswith(scope + "/") else layer.name) for layer in group}
    others = {tensor: layer.name for each in groups.values() if each is not group
              for layer in each for tensor in (layer.output, layer.activation.output)}
    written = wiring.Wiring(graph, group, layers.forward_pass(captured),
                            _decays(captured, group), short, others)
    return Network(name, "build_" + name, _source(name, written),
                   [variable for layer in group for variable in layer.variables.values()],
                   written.ends)


def _source(name, written):
    """Source of a function that builds a network."""
    body = []
    for line in written.lines:
        body.extend(["    # " + each for each in wrapped(line[2:], "    ")]
                    if line.startswith("# ") else broken("    " + line).split("\n"))
    outputs = written.outputs[0] if len(written.outputs) == 1 else "[{}]".format(
        ", ".join(written.outputs))
    inputs = written.inputs[0] if len(written.inputs) == 1 else "[{}]".format(
        ", ".join(written.inputs))
    last = broken('    return keras.Model({}, {}, name="{}")'.format(inputs, outputs, name))
    return "\n".join(['def build_{}():'.format(name), '    """Returns the network `{}`."""'.format(
        name)] + body + [last]) + "\n"


def wrapped(comment, indent):
    """Lines of a comment, wrapped to the width of a line."""
    inner = " " * (len(comment) - len(comment.lstrip()))
    return textwrap.wrap(comment.strip(), _WIDTH - len(indent) - 2, initial_indent=inner,
                         subsequent_indent=inner) or [""]


def broken(line):
    """Line of code, broken after its first bracket and after commas where it is too long."""
    if len(line) <= _WIDTH or "(" not in line[:_WIDTH]:
        return line
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    head, _, line = line.partition("(")
    lines, line = [head + "("], indent + line
    while len(line) > _WIDTH and _comma(line) > 0:
        cut = _comma(line)
        lines.append(line[:cut + 1])
        line = indent + line[cut + 2:]
    return "\n".join(lines + [line])


def _comma(line):
    """Index of the last comma at which a line may be broken; -1 if there is none.

    Commas in strings do not count; those in brackets only if there is no other.
    """
    quoted, depth, last, outer = False, 0, -1, -1
    for index, letter in enumerate(line[:_WIDTH]):
        quoted ^= letter == '"'
        depth += 0 if quoted else (letter in "([") - (letter in ")]")
        if line[index:index + 2] == ", " and not quoted:
            last, outer = index, index if depth == 0 else outer
    return outer if outer > 0 else last
