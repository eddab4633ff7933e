"""Recognises normalisation layers: batch norm, fused or by its formula, and layer norm."""

from typing import NamedTuple

from parity.reference.reading import kinds
from parity.reference.reading import tensors

_FUSED = ("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3")
_WALK = tensors.PASSING + tensors.SHAPING + ("Cast",)
_STATISTICS = tensors.PASSING + ("Squeeze", "Merge", "Switch", "Cast")
_DIVISIONS = ("RealDiv", "Div")


class _Normalized(NamedTuple):
    """A tensor (data - mean) / root, by its parts: root is sqrt(variance + epsilon), or one by it.
    """

    data: object
    root: object
    variance: object
    epsilon: float


class Finder(object):
    """Finds the normalisation that a scale or an offset belongs to.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      forward: operations of the forward pass.
    """

    def __init__(self, graph, forward):
        self._graph, self._forward = graph, forward

    def part(self, name, uses):
        """`kinds.Part` of a variable that is a scale (gamma) or offset (beta), else None.

        Args:
          name: the variable.
          uses: operations of the forward pass that use it.
        """
        for op in uses:
            found = self._fused(op, name, uses) or self._scale(op, uses) or self._offset(
                op, uses) or self._last(op, uses)
            if found:
                return found
        return None

    def _fused(self, op, name, uses):
        if op.type not in _FUSED:
            return None
        given = tensors.variable_of(op.inputs[1], _WALK)
        settings = {"epsilon": float("{:.7g}".format(op.get_attr("epsilon"))), "fused": True,
                    "training": op.get_attr("is_training"), "axes": [0, 1, 2],
                    "data_format": op.get_attr("data_format").decode()}
        if settings["data_format"] == "NCHW":
            settings["axes"] = [0, 2, 3]
        data, output = _rows(op)
        return kinds.Part(op.name, "batch norm", "gamma" if given == name else "beta", settings,
                          sum(each.type == op.type for each in uses), data.name, output.name,
                          op.name)

    def _scale(self, op, uses):
        """`kinds.Part` of gamma in rsqrt(variance + epsilon) * gamma, or None."""
        if op.type != "Mul":
            return None
        roots = [tensors.through(tensor).op for tensor in op.inputs]
        root = next((each for each in roots if each.type == "Rsqrt"), None)
        if root is None:
            return None
        return self._formula("gamma", root, op.outputs[0], uses)

    def _offset(self, op, uses):
        """`kinds.Part` of beta in beta - mean * scale, or None."""
        if op.type != "Sub" or tensors.through(op.inputs[1]).op.type != "Mul":
            return None
        product = tensors.through(op.inputs[1]).op
        for tensor in product.inputs:
            scale = tensors.through(tensor)
            inner = [tensors.through(each).op for each in scale.op.inputs] + [scale.op]
            root = next((each for each in inner if each.type == "Rsqrt"), None)
            if root is not None:
                return self._formula("beta", root, scale, uses)
        return None

    def _last(self, op, uses):
        """`kinds.Part` of gamma or beta in (x - mean) / root * gamma + beta, or None."""
        if op.type == "Mul":
            role, products = "gamma", [op]
        elif op.type in tensors.ADDITIONS:
            role, products = "beta", [tensors.through(given).op for given in op.inputs]
        else:
            return None
        for product in products:
            for given in product.inputs if product.type == "Mul" else ():
                found = _normalized(tensors.through(given).op)
                if found:
                    return self._of_last(role, product, found, uses)
        return None

    def _of_last(self, role, product, found, uses):
        axes = self._axes(found.variance)
        rank = found.data.shape.ndims
        axes = sorted(axis % rank for axis in axes) if axes and rank else axes
        ends = [use for use in product.outputs[0].consumers()
                if use.type in tensors.ADDITIONS and use in self._forward]
        kind = "batch norm" if axes is None or 0 in axes else "layer norm"
        settings = {"epsilon": found.epsilon, "fused": False, "axes": axes, "data_format": "NHWC"}
        return kinds.Part(found.root.name, kind, role, settings, max(1, len(uses)), found.data.name,
                          (ends or [product])[0].outputs[0].name, found.root.name)

    def _formula(self, role, root, scale, uses):
        added = tensors.with_constant(tensors.through(root.inputs[0]).op)
        if added is None:
            return None
        axes = self._axes(added.other)
        product = next((use for use in scale.consumers() if use.type == "Mul"
                        and use in self._forward and not self._is_mean(use, scale)), None)
        if product is None:
            return None
        data = [tensor for tensor in product.inputs if tensor.name != scale.name][0]
        ends = [use for use in product.outputs[0].consumers()
                if use.type in tensors.ADDITIONS and use in self._forward]
        output = (ends or [product])[0].outputs[0]
        kind = "batch norm" if axes is None or 0 in axes else "layer norm"
        settings = {"epsilon": added.number, "fused": False, "axes": axes, "data_format": "NHWC"}
        return kinds.Part(root.name, kind, role, settings, max(1, len(uses)), data.name,
                          output.name, root.name)

    def _is_mean(self, product, scale):
        """True where a product with the scale is mean * scale, which is subtracted from beta."""
        others = [tensor for tensor in product.inputs if tensor.name != scale.name]
        return not others or tensors.through(others[0], _STATISTICS).op.type == "Mean" or (
            tensors.variable_of(others[0], _STATISTICS) is not None)

    def _axes(self, variance):
        """Sorted axes over which a variance is taken, or None where no mean is near."""
        waiting, seen = [variance], set()
        while waiting and len(seen) < 12:
            op = waiting.pop(0).op
            if op.name in seen:
                continue
            seen.add(op.name)
            if op.type == "Mean":
                axes = tensors.constant(op.inputs[1])
                return None if axes is None else sorted(int(axis) for axis in axes.ravel())
            if op.type in _STATISTICS:
                waiting.extend(op.inputs)
        return None


def _normalized(op):
    """`_Normalized` of an operation, or None."""
    if op.type in _DIVISIONS:
        pairs, roots = [tuple(op.inputs)], ("Sqrt", "Pow")
    elif op.type == "Mul":
        pairs, roots = [tuple(op.inputs), tuple(op.inputs)[::-1]], ("Rsqrt",)
    else:
        return None
    for above, below in pairs:
        centred, root = tensors.through(above).op, tensors.through(below).op
        if centred.type != "Sub" or root.type not in roots or (
                root.type == "Pow" and tensors.scalar(root.inputs[1]) != 0.5) or (
                    tensors.through(centred.inputs[1], _STATISTICS).op.type != "Mean"):
            continue
        total = tensors.through(root.inputs[0]).op
        added = tensors.with_constant(total) if total.type in tensors.ADDITIONS else None
        if added:
            return _Normalized(centred.inputs[0], root, added.other, added.number)
    return None


def _rows(op):
    """(input, output) of a fused norm; a norm on rows reshapes them to images and back."""
    data, output = op.inputs[0], op.outputs[0]
    while [use.type for use in output.consumers()] == ["Identity"]:
        output = output.consumers()[0].outputs[0]
    back = [use for use in output.consumers()
            if use.type == "Reshape" and use.outputs[0].shape.ndims == 2]
    if data.op.type == "Reshape" and data.op.inputs[0].shape.ndims == 2 and len(back) == 1:
        return data.op.inputs[0], back[0].outputs[0]
    return data, op.outputs[0]
