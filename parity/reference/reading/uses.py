"""Finds the uses of a variable in the forward pass, and L2 penalties on it."""

from typing import NamedTuple, Optional, Tuple

from parity.reference.reading import spectral_norms
from parity.reference.reading import tensors

BETWEEN = tensors.PASSING + tensors.SHAPING + ("Cast",)


class Uses(NamedTuple):
    """Uses of a variable.

    Attributes:
      operations: operations of the forward pass that use it, in order; of a kernel that is divided
        by its spectral norm those that use the quotient.
      regularizer: weight of its L2 penalty, or None.
      iterations: number of power iterations of its spectral norm; 0 where it has none.
    """
    operations: Tuple[object, ...]
    regularizer: Optional[float]
    iterations: int


def read(graph, name, forward):
    """`Uses` of a variable.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      name: the variable.
      forward: operations of the forward pass.
    """
    variable = graph.graph.get_operation_by_name(name)
    norms = [norm for norm in spectral_norms.read(graph) if norm.kernel == name]
    divisions = {norm.division for norm in norms}
    inside = tensors.ancestors([graph.graph.get_tensor_by_name(norm.sigma) for norm in norms],
                               lambda op: op is variable)
    found, weight, waiting = [], None, [variable]
    while waiting:
        op = waiting.pop()
        for use in {use for tensor in op.outputs for use in tensor.consumers()}:
            if use not in forward or use.type not in BETWEEN and use in inside:
                continue
            if use.type in BETWEEN or use.name in divisions:
                waiting.append(use)
            elif use.type == "L2Loss":
                weight = _weight(use, forward)
            else:
                found.append(use)
    return Uses(tuple(sorted(found, key=graph.order)), weight,
                norms[0].iterations if norms else 0)


def _weight(op, forward):
    """Constant by which a penalty is multiplied on its way to the loss, or None."""
    weight, seen = 1.0, set()
    while op is not None and op not in seen:
        seen.add(op)
        uses = sorted((use for use in op.outputs[0].consumers() if use in forward),
                      key=lambda use: use.name)
        op = uses[0] if uses else None
        if op is not None and op.type in ("Mul", "RealDiv", "Div"):
            found = tensors.with_constant(op)
            if not found:
                return None
            weight = weight * found.number if op.type == "Mul" else weight / found.number
        elif op is not None and op.type not in ("Add", "AddV2", "AddN", "Identity"):
            return None if op.type not in ("CheckNumerics",) else weight
    return float("{:.7g}".format(weight))
