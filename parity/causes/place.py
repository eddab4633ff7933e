"""The place in the reference's graph at which a port departs first."""

from parity.common import rungs
from parity.reference import steps
from parity.reference import watched
from parity.reference.reading import layers
from parity.reference.reading import structure
from parity.reference.reading import tensors
from parity.reference.reading import updates


class Place(object):
    """The place at which a port departs first.

    Args:
      captured: a `parity.reference.captured.Captured`.
      asked: {"rung": number of the rung,
        "phase": number of the phase,
        "target": name of the layer, loss or variable of the reference,
        "alike": layers whose outputs are the same on both sides,
        "layers": configurations of the port's layers,
        "optimizer": configuration of the port's optimiser that trains the variable,
        "ratio": the factor from the reference's numbers to the port's, or None,
        "batch": the number of rows of the first input}.

    Attributes:
      captured: the `Captured`.
      graph: its `parity.reference.reading.structure.Structure`.
      rung, phase, target, layers, optimizer, ratio, batch: as asked.
    """

    def __init__(self, captured, asked):
        self.captured, self.graph = captured, structure.of(captured)
        self.rung, self.phase, self.target = asked["rung"], asked["phase"], asked["target"]
        self.layers, self.optimizer = asked["layers"], asked["optimizer"]
        self.ratio, self.batch = asked["ratio"], asked["batch"]
        self._alike = asked["alike"]

    def numbers(self, *keys):
        """Numbers in the port's layers for some arguments, each once."""
        found = [config[key] for config in self.layers for key in keys
                 if isinstance(config.get(key), (int, float)) and config[key] is not True]
        return list(dict.fromkeys(found))

    def position(self):
        """Position of the training call of the phase among the calls of a step."""
        calls = steps.grouped(self.captured)[0]
        trained = [number for number, call in enumerate(calls) if call.role == "train"
                   ] or list(range(len(calls)))
        return trained[min(self.phase, len(trained) - 1)]

    def _watch(self):
        """The tensors that are watched in the training call of the phase."""
        return watched.Watched(self.captured).of(
            steps.grouped(self.captured)[0][self.position()])

    def tensor(self):
        """The tensor in which the port departs; of a variable, the gradient that updates it."""
        if self.rung > rungs.LOSSES:
            return self.graph.tensor(self.own().gradient)
        outputs = self._watch().outputs
        return self.graph.tensor(outputs.get(self.target, self.target))

    def operations(self):
        """Operations that compute the tensor from outputs that are alike, the nearest first."""
        outputs, target = self._watch().outputs, self.tensor()
        if self.rung > rungs.LOSSES:
            found = tensors.ancestors([target], self.graph.is_backward)
            return sorted((op for op in found if not self.graph.is_backward(op)),
                          key=self.graph.order, reverse=True)
        alike = {outputs[name] for name in self._alike if name in outputs} - {target.name}

        def known(op):
            return op is not target.op and any(output.name in alike for output in op.outputs)
        found = tensors.ancestors([target], lambda op: known(op) or (
            op.type in tensors.VARIABLE_TYPES + ("Placeholder",)))
        forward = layers.forward_pass(self.captured)
        kept = [op for op in found if op in forward and not known(op)]
        return sorted(kept, key=self.graph.order, reverse=True)

    def following(self):
        """Operations of the forward pass that take the tensor in which the port departs.

        A layer and its activation may be one in the port, which then has no tensor between them.
        """
        forward = layers.forward_pass(self.captured)
        return [op for op in self.tensor().consumers() if op in forward] if (
            self.rung == rungs.FORWARD) else []

    def siblings(self, op):
        """Operations of the same type on the same variables, as of a layer that is used twice."""
        forward, key = layers.forward_pass(self.captured), self._behind(op)
        if not key:
            return [op]
        return [other for other in forward if other.type == op.type
                and len(other.inputs) == len(op.inputs) and self._behind(other) == key]

    def _behind(self, op):
        """Names of the variables nearest to an operation."""
        def takes_variable(each):
            return any(tensors.variable_of(given) for given in each.inputs)
        found = tensors.behind([op], takes_variable)
        return frozenset(filter(None, (tensors.variable_of(given) for each in found
                                       if takes_variable(each) for given in each.inputs)))

    def own(self):
        """The `Update` of the variable in which the port departs; None where it is not trained."""
        return next((update for update in updates.read(self.captured)
                     if update.variable == self.target), None)

    def outputs(self):
        """`{layer: tensor}` of the phase."""
        return {name: self.graph.tensor(tensor) for name, tensor in self._watch().outputs.items()}

    def upstream(self):
        """Operations of the forward pass, in the order of the graph."""
        return sorted(layers.forward_pass(self.captured), key=self.graph.order)

    def updates(self):
        """`Update`s of the optimiser that trains the variable in which the port departs."""
        own = self.own()
        return [update for update in updates.read(self.captured) if own and (
            update.scope, update.kind) == (own.scope, own.kind)]

    def line(self, op):
        """"file.py:number" of the line of the program that made an operation, or ""."""
        lines = self.captured.source(op.name)
        return "{}:{}".format(lines[0].path, lines[0].line) if lines else ""
