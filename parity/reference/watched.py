"""Chooses the tensors to fetch in a call: gradients, losses, rates and layer outputs."""

import typing

from parity.reference import loops
from parity.reference.reading import layers
from parity.reference.reading import structure
from parity.reference.reading import tensors
from parity.reference.reading import updates


# Types of operations whose outputs the program does not compute.
_GIVEN = ("Placeholder", "PlaceholderWithDefault", "Const", "IteratorGetNext") + (
    tensors.VARIABLE_TYPES)


# Ending of a layer's name for the layer's input.
INPUT = "/input"


class Watch(typing.NamedTuple):
    """Names of tensors that are fetched in one call.

    Attributes:
      gradients: `{variable: [gradient]}`; of a sparse gradient its rows and their indices.
      losses: losses from which the gradients are computed.
      rates: `{variable: learning rate}`.
      outputs: `{layer: output}`, `{layer/activation: output}` where an activation follows, and
        `{layer/input: tensor}` where the input is computed but no layer's output, as a sample of a
        latent distribution.
      fetched: fetched tensors of a graph that only runs forward.
    """

    gradients: dict
    losses: list
    rates: dict
    outputs: dict
    fetched: list

    @property
    def names(self):
        """Sorted names of all these tensors."""
        return sorted({name for pair in self.gradients.values() for name in pair}.union(
            self.losses, self.rates.values(), self.outputs.values(), self.fetched))


def _summed_rows(op):
    """Row indices of a sparse gradient whose repeated rows were added up, or None."""
    if op.type != "UnsortedSegmentSum":
        return None
    places = op.inputs[1].op
    return places.outputs[0] if places.type in ("Unique", "UniqueV2") else None


class Watched(object):
    """Chooses the `Watch` of each kind of call.

    Args:
      captured: a `parity.reference.captured.Captured`.
    """

    def __init__(self, captured):
        self._captured, self._made = captured, {}
        self._forward = not any(call.role == "train" for call in captured.calls)
        self._order = structure.of(captured)
        self._updates = updates.read(captured)
        self._inside = loops.inside(self._order.graph)
        self._placeholders = {entry["tensor"]: name for name, entry in captured.inputs.items()}
        self._needed = {}

    def of(self, call):
        """`Watch` of a call."""
        key = (call.role, tuple(call.applies), tuple(call.writes), tuple(call.feeds),
               tuple(call.stateful), tuple(call.fetches))
        if key not in self._made:
            self._made[key] = self._watch(call)
        return self._made[key]

    def _watch(self, call):
        trains = call.role == "train"
        own = updates.of_call(self._captured, call) if trains else self._updates
        computed = self._computed(call)
        gradients = {update.variable: self._gradient_names(update) for update in own}
        return Watch(
            {variable: names for variable, names in gradients.items()
             if trains and names and all(map(computed, names))},
            [name for name in sorted({loss.tensor for update in own for loss in update.losses
                                      if loss.captured}) if trains and computed(name)],
            {update.variable: update.rate.tensor for update in own if trains
             and update.rate and update.rate.tensor and computed(update.rate.tensor)},
            {layer: name for layer, name in self._outputs(call).items() if computed(name)},
            call.fetches if self._forward else [])

    def _computed(self, call):
        """Function (tensor name) that is true where the call's inputs suffice to compute it."""
        taken = {self._placeholders[name] for name in call.feeds + call.stateful
                 if name in self._placeholders}

        def computed(name):
            if name not in self._needed:
                self._needed[name] = {op.name for op in tensors.ancestors(
                    [self._order.tensor(name)], controls=True)}.intersection(
                        self._captured.inputs)
            return self._needed[name] <= taken
        return computed

    def _outputs(self, call):
        """`{layer: tensor}` of layer outputs that a call computes outside of loops."""
        ends = call.fetches if call.role != "train" else [
            update.gradient for update in self._updates
            if not call.applies or update.operation in call.applies]
        reached = {op.name for op in tensors.ancestors([
            self._order.tensor(end) for end in ends])}
        found, known = {}, self._outputs_of_layers()
        for layer in layers.read(self._captured):
            given = self._computed_input(layer)
            if given and given not in known:
                found[layer.name + INPUT] = given
                known.add(given)
            found[layer.name] = layer.output
            if layer.activation.alone and layer.activation.output != layer.output:
                found[layer.name + "/activation"] = layer.activation.output
        return {name: tensor for name, tensor in found.items()
                if tensor.partition(":")[0] in reached - self._inside}

    def _outputs_of_layers(self):
        read = layers.read(self._captured)
        return {layer.output for layer in read} | {layer.activation.output for layer in read}

    def _computed_input(self, layer):
        """Name of a layer's input if the program computes it in floating point; else None."""
        if not layer.input:
            return None
        tensor = tensors.through(self._order.tensor(layer.input), tensors.PASSING + tensors.SHAPING)
        computed = tensor.dtype.is_floating and tensor.op.type not in _GIVEN
        return tensor.name if computed else None

    def _gradient_names(self, update):
        """Names of the tensors of a gradient: of a sparse one its rows and their indices."""
        if not update.sparse:
            return [update.gradient]
        op = self._order.graph.get_operation_by_name(update.operation)
        named = dict(zip([argument.name for argument in op.op_def.input_arg], op.inputs))
        indices = named.get("indices")
        if indices is None:
            indices = _summed_rows(self._order.tensor(update.gradient).op)
        return [] if indices is None else [update.gradient, indices.name]
