"""Writes a network as lines of a Keras function: its layers and the operations between them."""

from parity.reference.keras_frame import keras_glue
from parity.reference.keras_frame import keras_layers
from parity.reference.keras_frame import keras_recurrence
from parity.reference.keras_frame import python_names
from parity.reference.reading import distributions
from parity.reference.reading import dropouts
from parity.reference.reading import recurrence
from parity.reference.reading import tensors

_UNCHANGED = ("CheckNumerics", "EnsureShape", "Identity", "PreventGradient", "Snapshot")


class Wiring(object):
    """Lines of code of one network.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      layers: the `parity.reference.reading.layers.Layer`s of the network, in the order of use.
      forward: operations of the forward pass.
      decays: `{layer name: decays of its moving averages}`.
      names: `{layer name: name in Keras}`.
      others: `{tensor name: layer name}`, outputs of other networks.

    Attributes:
      lines: lines of the function's body.
      inputs: names of its inputs, in order of appearance.
      ends: names of the tensors that a loss or another network uses.
      outputs: their names in the Keras code.
    """

    def __init__(self, graph, layers, forward, decays, names, others):
        self._graph, self._layers, self._forward = graph, layers, forward
        self._decays, self._layer_names, self._others = decays, names, others
        self._dropouts = {dropout.output: dropout for dropout in dropouts.read(graph)}
        self._names, self._used = {}, set()
        self.lines, self.inputs = [], []
        for layer in layers:
            self._write(layer)
        self.ends = self._ends()
        self.outputs = [self._value_named(name) for name in self.ends]

    def _value_named(self, name):
        return self._value(self._graph.graph.get_tensor_by_name(name))

    def _new(self, name):
        """Python name that is not used yet."""
        name, count = python_names.identifier(name), 1
        taken = name
        while taken in self._used:
            count += 1
            taken = "{}_{}".format(name, count)
        self._used.add(taken)
        return taken

    def _assign(self, wanted, expression, comments=()):
        for comment in comments:  # each stands once, unless it has to be filled in
            if "to be filled in" in comment or "# " + comment not in self.lines:
                self.lines.append("# " + comment)
        name = self._new(wanted)
        self.lines.append("{} = {}".format(name, expression))
        return name

    def _write(self, layer):
        """Writes a layer and its activation."""
        if "cell" in layer.kind:
            return  # cells are written with their loops
        name = self._layer_names[layer.name]
        inside = layer.activation.alone
        made = keras_layers.layer(self._graph, layer, name, self._decays.get(layer.name, ()),
                                  inside)
        data = self._value_named(layer.input) if layer.input else ""
        code = "{}({})".format(made.code, data) if made.code else python_names.open_call(
            layer.operation, data)
        result = self._assign(name, code, made.comments)
        argument, activation = keras_layers.activation(layer.activation)
        if made.code and inside and argument and "norm" in layer.kind:
            activation = "keras.layers.Activation({})".format(argument)
        if not inside:  # the tensor before the activation is used as well
            self._names[layer.output] = result
            return
        if activation:
            result = self._assign(name + "_" + layer.activation.name, "{}({})".format(
                activation, result))
        self._names[layer.output] = self._names[layer.activation.output] = result

    def _value(self, tensor):
        """Name of a tensor in the Keras code; writes the lines that compute it if it has none."""
        if tensor.name not in self._names:
            self._names[tensor.name] = self._computed(tensor)
        return self._names[tensor.name]

    def _computed(self, tensor):
        op = tensor.op
        if tensor.name in self._others or self._is_others(op):
            name = self._others.get(tensor.name, op.name)
            return self._input(tensor, name, "output of another network")
        drawn = distributions.behind(self._graph, tensor)
        if drawn:
            words = distributions.words(drawn)
            return self._input(tensor, op.name, "drawn in TensorFlow 1: " + words)
        if op.type == "Placeholder":
            return self._input(tensor, op.name)
        if tensor.name in self._dropouts:
            return self._dropout(self._dropouts[tensor.name])
        unrolled = recurrence.read(self._graph, tensor, self._layers)
        if unrolled:
            return self._recurrence(unrolled)
        if op.type in _UNCHANGED or tensors.keeps_shape(op):
            return self._value(op.inputs[0])
        if op.type not in tensors.SHAPING and recurrence.unrolled(
                self._graph, tensor, self._layers, self._names):
            return self._unrolled(op)
        code = keras_glue.line(op, self._value)
        given = op.inputs[:1] if op.type in tensors.SHAPING else filter(self._known, op.inputs)
        known = [self._value(each) for each in given] if not code else []
        return self._assign(python_names.short(op.name), code or python_names.open_call(
            op.name, ", ".join(known), op.type))

    def _is_others(self, op):
        """True where an operation uses a variable that another network trains."""
        own = {name for layer in self._layers for name in layer.variables.values()}
        names = {tensors.variable_of(tensor) for tensor in op.inputs} - {None} - own
        return op.type not in _UNCHANGED and any(
            self._graph.variables[name]["trainable"] for name in names)

    def _unrolled(self, op):
        """Writes a call for cells that are unrolled over time; returns its name."""
        comments = []
        for layer in self._layers:
            if recurrence.makes_sequence(layer):
                line = keras_recurrence.line(self._graph, layer, self._layer_names[layer.name])
                comments += ["to be filled in: unrolled over {} steps in TensorFlow 1".format(
                    layer.uses), line.code] + line.comments
        return self._assign("sequence", python_names.open_call(op.name, "", op.type), comments)

    def _known(self, tensor):
        """True where a tensor has a name in the code, or is an input."""
        return tensor.name in self._names or tensor.op.type == "Placeholder"

    def _input(self, tensor, name, comment=""):
        shape = tensors.shape_of(tensor)
        original = python_names.short(name) if "/" in name else name
        short = self._new(original)
        self.inputs.append(short)
        comments = [comment] if comment else []
        if not shape:
            comments.append("to be filled in: its shape, in TensorFlow 1 {}".format(
                "open" if shape is None else "a scalar"))
        dtype = tensor.dtype.base_dtype.name
        self.lines.extend("# " + each for each in comments)
        self.lines.append('{} = keras.Input({}, {}name="{}")'.format(
            short, tuple((shape or [None])[1:]),
            "" if dtype == "float32" else 'dtype="{}", '.format(dtype),
            original if short == python_names.identifier(original) else short))
        return short

    def _dropout(self, dropout):
        before = self._value_named(dropout.input)
        if dropout.rate is None:
            return self._assign("dropout", python_names.open_call(
                dropout.output, before, "dropout"))
        if not dropout.rate and not dropout.source:
            return before
        comments = ["TensorFlow 1 is fed the share in `{}`: this is that of the first call".format(
            dropout.source)] if dropout.source else []
        return self._assign("dropout", "keras.layers.Dropout({})({})".format(
            tensors.number(dropout.rate), before), comments)

    def _recurrence(self, found):
        result = self._value(found.input)
        for layer in found.layers:
            name = self._layer_names[layer.name]
            line = keras_recurrence.line(self._graph, layer, name, found)
            result = self._assign(name, "{}({})".format(line.code, result), line.comments)
        if found.flipped:
            result = self._assign(name + "_in_order", "keras.ops.flip({}, axis={})".format(
                result, 0 if found.time_major else 1))
        return result

    def _ends(self):
        """Names of the tensors that something outside of the network uses: a loss, or a network."""
        inner = {op.name for op in tensors.ancestors([
            self._graph.graph.get_tensor_by_name(layer.output) for layer in self._layers])}
        found = []
        for layer in self._layers:
            if "cell" in layer.kind:
                continue
            name = layer.activation.output if layer.activation.alone else layer.output
            uses = [use for use in self._graph.graph.get_tensor_by_name(name).consumers()
                    if use in self._forward]
            if any(use.name not in inner for use in uses) or not uses:
                found.append(name)
        return list(dict.fromkeys(found))
