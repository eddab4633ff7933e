"""Recognises kernels that are divided by their spectral norm (Miyato et al. 2018)."""

import functools
from typing import NamedTuple, Optional

from parity.reference.reading import assignments
from parity.reference.reading import tensors
from parity.reference.reading import updates

_DIVISIONS = ("RealDiv", "Div")
_THROUGH = tensors.PASSING + tensors.SHAPING
_BOUNDED = ("Maximum",) + tensors.ADDITIONS


class SpectralNorm(NamedTuple):
    """A kernel divided by the estimate of its largest singular value.

    Attributes:
      kernel, vector: names of the variables: the kernel, and the singular vector that is kept.
      division: name of the operation that divides.
      plain, sigma, normalised, start: names of the tensors: the kernel and the norm that are
        divided, what the division gives, and the vector before the iterations.
      following: name of the tensor that becomes the vector, or "" where none does.
      of_columns: True where the vector has a number for each column of the kernel as a matrix, as
        in Miyato's Algorithm 1 transposed; False where for each row.
      iterations: the number of power iterations.
      epsilon: the number that is added to the norm of a vector, or that bounds its square.
    """
    kernel: str
    vector: str
    division: str
    plain: str
    sigma: str
    normalised: str
    start: str
    following: str
    of_columns: bool
    iterations: int
    epsilon: float


@functools.lru_cache(maxsize=4)
def read(graph):
    """Tuple of the `SpectralNorm`s in the forward pass of a `Structure`."""
    trained = {update.variable for update in updates.read(graph.captured)}
    found = (_norm(graph, op, trained) for op in graph.operations
             if op.type in _DIVISIONS and not graph.is_backward(op))
    return tuple(each for each in found if each)


def _norm(graph, op, trained):
    """The `SpectralNorm` that an operation divides by, or None."""
    kernel = tensors.variable_of(op.inputs[0], _THROUGH)
    if kernel not in trained:
        return None
    behind = tensors.ancestors([op.inputs[1]])
    kept = {each.name for each in behind if each.type in tensors.VARIABLE_TYPES} - {kernel}
    products = [each for each in behind if each.type == "MatMul"]
    first = [(each, place) for each in products for place, given in enumerate(each.inputs)
             if tensors.variable_of(given) in kept]
    if len(kept) != 1 or len(first) != 1 or len(products) < 4 or kept & trained:
        return None
    product, place = first[0]
    return SpectralNorm(
        kernel, kept.pop(), op.name, op.inputs[0].name, op.inputs[1].name, op.outputs[0].name,
        product.inputs[place].name, _following(graph, product.inputs[place]),
        (place == 0) == _is_transposed(product, 1 - place), len(products) // 2 - 1,
        _epsilon(behind))


def _is_transposed(product, place):
    """True where a product takes the matrix at a place transposed."""
    flag = product.get_attr("transpose_b" if place else "transpose_a")
    return flag != (tensors.through(product.inputs[place]).op.type == "Transpose")


def _epsilon(behind):
    """The number against division by zero; 0 where there is none."""
    found = [tensors.with_constant(op) for op in behind if op.type in _BOUNDED]
    return max((each.number for each in found if each and each.number < 0.1), default=0.0)


def _following(graph, start) -> Optional[str]:
    """Name of the tensor that training assigns to the vector, or ""."""
    variable = tensors.variable_of(start)
    return next((op.inputs[1].name for op in graph.operations if op.type in assignments.SETTING
                 and tensors.variable_of(op.inputs[0]) == variable
                 and any(each.type == "MatMul" for each in tensors.ancestors([op.inputs[1]]))), "")
