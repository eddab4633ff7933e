"""Reads the layers of a capture, which have trainable parameters, in the order of use."""

import functools
from typing import Dict, List, NamedTuple

import numpy as np

from parity.reference.reading import activations
from parity.reference.reading import kinds
from parity.reference.reading import losses
from parity.reference.reading import normalizations
from parity.reference.reading import structure
from parity.reference.reading import tensors
from parity.reference.reading import updates
from parity.reference.reading import uses as uses_of

# Names that libraries of layers give to the variables of one layer.
_LEAVES = ("beta", "bias", "biases", "depthwise_kernel", "depthwise_weights", "embeddings", "gamma",
           "kernel", "w", "weights")


class Layer(NamedTuple):
    """An operation with trainable parameters.

    Attributes:
      name: scope that its variables share; the kernel's name where other layers share that scope.
      kind: "dense", "convolution", "transposed convolution", "depthwise convolution",
        "embedding", "LSTM cell", "GRU cell (gates)", "GRU cell (candidate)", "RNN cell",
        "batch norm", "layer norm", "bias", or "other".
      variables: `{role: variable}`, with roles kernel, bias, gamma, beta, ...
      shape: shape of the kernel, else of the first variable.
      settings: settings of the kind: strides, padding, data_format, epsilon, forget_bias, ...
      activation: the `activations.Activation` that follows.
      regularizers: `{role: weight of tf.nn.l2_loss of that variable in the loss}`.
      parameters: number of entries of its variables.
      trained: True where an optimiser updates one of its variables.
      uses: number of operations that use the kernel: 2 where the layer is called on two inputs.
      input, output: names of its input tensor and of the output before the activation.
      operation: name of the first operation that uses it.
    """
    name: str
    kind: str
    variables: Dict[str, str]
    shape: List[int]
    settings: Dict[str, object]
    activation: activations.Activation
    regularizers: Dict[str, float]
    parameters: int
    trained: bool
    uses: int
    input: str
    output: str
    operation: str


def forward_pass(captured):
    """Set of the forward pass's operations: of losses, or of fetched values if nothing trains."""
    return _forward_operations(structure.of(captured))


# Cached by the graph that they belong to: that of a capture is another one once it was forgotten.
@functools.lru_cache(maxsize=4)
def _forward_operations(graph):
    trained = updates.read(graph.captured)
    if not trained:
        return tensors.ancestors([graph.tensor(name) for call in graph.captured.calls
                                  for name in call.fetches])
    gradients = {name for update in trained for name in update.computed}
    starting = {loss for update in trained for loss in update.losses}
    return losses.forward_operations(graph, starting, [
        graph.graph.get_tensor_by_name(name) for name in sorted(gradients)])


@functools.lru_cache(maxsize=4)
def read(captured):
    """Tuple of the `Layer`s of a capture, in the order of use."""
    graph, forward = structure.of(captured), forward_pass(captured)
    found, norms = {}, normalizations.Finder(graph, forward)
    constant = _never_written(captured)
    names = sorted(_weights(captured) + constant, key=lambda name: graph.order(
        graph.graph.get_operation_by_name(name)))
    later = []
    for name in names:
        uses = uses_of.read(graph, name, forward)
        part = norms.part(name, uses.operations) or kinds.read(graph, name, uses.operations)
        if part.role == "bias":
            later.append((name, part, uses))
        elif name in constant and part.role not in ("kernel", "embeddings"):
            continue  # a number that stands in a variable, or a moving statistic
        elif part.key in found:
            found[part.key].variables[part.role] = name
            if uses.regularizer:
                found[part.key].regularizers[part.role] = uses.regularizer
        else:
            found[part.key] = _layer(graph, name, part, uses)
    for name, part, uses in later:
        if not _add_bias(graph, found, name, part, uses) and name not in constant:
            found[part.key] = _layer(graph, name, part._replace(kind="bias"), uses)
    updated = {update.variable for update in updates.read(captured)}
    finished = [_finish(graph, layer, forward)._replace(
        trained=bool(updated.intersection(layer.variables.values())))
        for layer in found.values()]
    return tuple(sorted(_named(finished), key=lambda layer: graph.order(
        graph.graph.get_operation_by_name(layer.operation))))


def _weights(captured):
    """Names of trainable variables, without those that only an optimiser uses, as in Keras 2."""
    trained = updates.read(captured)
    own = {name for update in trained for name in update.slots.values()}
    own.update(update.rate.source for update in trained if update.rate)
    updated = {update.variable for update in trained}
    graph, forward = structure.of(captured), forward_pass(captured)
    return [name for name in captured.trainable if name not in own and (
        name in updated or uses_of.read(graph, name, forward).operations)]


def _never_written(captured):
    """Names of variables that are no trainable ones, and that no call writes."""
    written = {name for call in captured.calls for name in call.writes}
    return [name for name, entry in structure.of(captured).variables.items()
            if not entry["trainable"] and name not in written]


def _layer(graph, name, part, uses):
    shape = graph.variables[name]["shape"]
    if part.kind == "dense" and set((shape or [])[:-2]) == {1}:
        shape = shape[-2:]  # [1, inputs, units], which is reshaped: that of a convolution
    none = activations.Activation("", None, part.output, True)
    penalties = {part.role: uses.regularizer} if uses.regularizer else {}
    settings = dict(part.settings, spectral_norm=uses.iterations) if uses.iterations else (
        part.settings)
    return Layer(name, part.kind, {part.role: name}, shape, settings, none, penalties, 0,
                 False, part.uses, part.input, part.output, part.operation)


def _add_bias(graph, found, name, part, uses):
    """Adds a bias to the layer before it; False where there is none."""
    before = tensors.through(graph.graph.get_tensor_by_name(part.input), uses_of.BETWEEN)
    for key, layer in found.items():
        output = graph.graph.get_tensor_by_name(layer.output)
        if tensors.through(output, uses_of.BETWEEN).name == before.name and (
                "bias" not in layer.variables) and layer.kind in kinds.BIASED:
            layer.variables["bias"] = name
            if uses.regularizer:
                layer.regularizers["bias"] = uses.regularizer
            found[key] = layer._replace(output=part.output)
            return True
    return False


def _finish(graph, layer, forward):
    """`Layer` with its recurrent kind, activation and number of parameters."""
    output = graph.graph.get_tensor_by_name(layer.output)
    layer = kinds.recurrent(graph, layer, output)
    activation = layer.activation
    if "cell" not in layer.kind:
        shaped = _unshaped(output, forward)
        activation = activations.after(graph, shaped, forward)
    shapes = [graph.variables[name]["shape"] for name in layer.variables.values()]
    count = sum(int(np.prod(shape)) for shape in shapes if shape is not None)
    return layer._replace(activation=activation, parameters=count)


def _unshaped(tensor, forward):
    """Tensor after the changes of shape with which layers on vectors and rows end."""
    uses = [use for use in tensor.consumers() if use in forward]
    while len(uses) == 1 and (uses[0].type in ("Squeeze", "Identity")
                              or tensors.keeps_shape(uses[0])):
        tensor = uses[0].outputs[0]
        uses = [use for use in tensor.consumers() if use in forward]
    return tensor


def _named(found):
    """Layers with names: the scope of their variables if it is theirs alone, else a variable's."""
    scopes = [layer.name.rpartition("/")[0] for layer in found]

    def is_own(layer, scope):
        leaf = layer.name.rpartition("/")[2]
        inner = any(other.startswith(scope + "/") for other in scopes)
        return scope and scopes.count(scope) == 1 and (leaf in _LEAVES or not inner)

    return [layer._replace(name=scope if is_own(layer, scope) else layer.name)
            for layer, scope in zip(found, scopes)]
