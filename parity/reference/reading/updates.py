"""Reads the optimisers of a capture: updates, slots, hyper-parameters, gradients."""

import functools
import re
from typing import Dict, NamedTuple, Tuple

from parity import capture
from parity.reference.reading import changes
from parity.reference.reading import gradient_path
from parity.reference.reading import handwritten
from parity.reference.reading import losses
from parity.reference.reading import parts
from parity.reference.reading import schedules
from parity.reference.reading import structure
from parity.reference.reading import tensors
from parity.reference.reading import written_formulas

_KINDS = {
    "Adam": "Adam", "Momentum": "Momentum", "KerasMomentum": "Momentum that accumulates the rate",
    "RMSProp": "RMSProp", "CenteredRMSProp": "centered RMSProp", "Adagrad": "Adagrad",
    "AdagradV2": "Adagrad", "Adadelta": "Adadelta", "Ftrl": "Ftrl", "FtrlV2": "Ftrl",
    "GradientDescent": "gradient descent"}
_NESTEROV = {"Momentum": "Nesterov momentum", "Adam": "Nesterov Adam"}
_RATES = ("lr", "alpha")
# What TensorFlow adds to a name that is there already.
_NUMBER = re.compile(r"_\d+(?=/|$)")
_NOT_CONSTANTS = _RATES + ("grad", "delta", "indices", "beta1_power", "beta2_power",
                           "global_step")


class Update(NamedTuple):
    """An optimiser's update of one variable.

    Attributes:
      operation: name of the operation that writes the variable.
      kind: "Adam", "Momentum", "Nesterov momentum", "RMSProp", "centered RMSProp", "Adagrad",
        "Adadelta", "Ftrl", "gradient descent", "hand-written", or the operation's own type.
      sparse: True where only the rows that a batch used are written.
      variable: name of the variable.
      slots: `{role in the operation: name of a variable}`.
      rate: a `schedules.Rate`, or None where the operation has none.
      constants: `{name: number}` of the constant hyper-parameters.
      gradient: name of the gradient as given to the optimiser.
      computed: names of the gradients as the backward pass computed them, mostly one.
      changes: `changes.Change`s between the two, in order.
      losses: `losses.Loss`es of the gradient.
      scope: name scope of the optimiser, as "Adam_1".
    """
    operation: str
    kind: str
    sparse: bool
    variable: str
    slots: Dict[str, str]
    rate: object
    constants: Dict[str, float]
    gradient: str
    computed: Tuple[str, ...]
    changes: Tuple[changes.Change, ...]
    losses: Tuple[losses.Loss, ...]
    scope: str


class Optimizer(NamedTuple):
    """Updates of one kind, rate and constants that one optimiser applies.

    Attributes:
      kind, scope, rate, constants: as in its updates.
      updates: the `Update`s, in the order of the graph.
    """
    kind: str
    scope: str
    rate: object
    constants: Dict[str, float]
    updates: Tuple[Update, ...]

    @property
    def losses(self):
        """The `Loss`es of all updates, each once."""
        return tuple(dict.fromkeys(loss for update in self.updates for loss in update.losses))

    @property
    def variables(self):
        """Names of the updated variables."""
        return [update.variable for update in self.updates]


@functools.lru_cache(maxsize=4)
def read(captured):
    """Tuple of the `Update`s of trained variables, in the order of the graph.

    Args:
      captured: a `parity.reference.captured.Captured`.
    """
    graph = structure.of(captured)
    found = []
    for op in graph.operations:
        if capture.is_apply(op):
            found.append(_of_apply(graph, op))
        else:
            written = handwritten.read(graph, op)
            if written:
                found.append(_update(graph, op, written))
    slots = {name for update in found for name in update.slots.values()}
    return tuple(update for update in found if update.variable not in slots)


def of_call(captured, call):
    """List of the `Update`s that a training call makes.

    A hand-written rule has no apply operation: the variables that a call writes tell it.

    Args:
      captured: a `parity.reference.captured.Captured`.
      call: a `parity.reference.captured_call.Call`.
    """
    return [update for update in read(captured)
            if update.operation in call.applies or update.variable in call.writes]


def applied_rate(graph, update):
    """Tensor by which an `Update` of a hand-written Adam multiplies its step.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      update: the `Update`.
    """
    op = graph.graph.get_operation_by_name(update.operation)
    return written_formulas.applied_rate(op, update.variable, op.inputs[1])


def optimizers(captured):
    """List of the `Optimizer`s of a capture, in the order of the graph."""
    grouped = {}
    for update in read(captured):
        tensor = update.rate.tensor if update.rate else ""
        value = update.rate.numbers.get("value", tensor) if update.rate else tensor
        key = (update.scope, update.kind, value, tuple(sorted(_plain(update.constants))))
        grouped.setdefault(key, []).append(update)
    return [Optimizer(group[0].kind, group[0].scope, group[0].rate, group[0].constants,
                      tuple(group)) for group in grouped.values()]


def _plain(constants):
    """[(name, number)] of constants, whose names a hand-written rule numbers for each variable."""
    return [(_NUMBER.sub("", name), number) for name, number in constants.items()]


def scope_of(operation):
    """Name scope of the optimiser that made an operation: the part before "/update_"."""
    before, found, _ = operation.partition("/update_")
    return before if found else operation.rpartition("/")[0]


def _of_apply(graph, op):
    """`Update` of an apply operation, whose inputs its definition names."""
    named = dict(zip([argument.name for argument in op.op_def.input_arg], op.inputs))
    kind = op.type.replace("Resource", "", 1).replace("Sparse", "", 1).replace("Apply", "", 1)
    kind = _KINDS.get(kind, kind)
    if "use_nesterov" in op.node_def.attr and op.get_attr("use_nesterov"):
        kind = _NESTEROV.get(kind, kind + ", Nesterov")
    variables = {name: tensors.variable_of(tensor) for name, tensor in named.items()
                 if name not in ("var", "grad", "delta", "indices") + _RATES}
    constants = {name: tensors.scalar(tensor) for name, tensor in named.items()
                 if name not in _NOT_CONSTANTS and not variables.get(name) and name != "var"}
    rates = [named[name] for name in _RATES if name in named]
    return _update(graph, op, parts.Parts(
        kind, "Sparse" in op.type, tensors.variable_of(named["var"]),
        {name: variable for name, variable in variables.items() if variable},
        rates[0] if rates else None,
        {name: value for name, value in constants.items() if value is not None},
        capture.gradient_of(op)))


def _update(graph, op, made):
    way = gradient_path.path(graph, made.gradient)
    rate = None if made.rate is None else schedules.read(graph, made.rate)
    return Update(op.name, made.kind, made.sparse, made.variable, made.slots, rate,
                  made.constants, made.gradient.name,
                  tuple(tensor.name for tensor in way.computed), tuple(way.changes),
                  losses.of_gradient(graph, way.computed), scope_of(op.name))
