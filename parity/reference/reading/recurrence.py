"""Recognises the loops of tf.nn.dynamic_rnn and tf.nn.bidirectional_dynamic_rnn."""

from typing import List, NamedTuple

from parity.reference.reading import tensors

_WALK = tensors.PASSING + ("Transpose",)
# Operation that makes the state which a cell gives on as its output; another makes an LSTM's other.
_OUTPUTS = {"LSTM cell": ("Mul",), "GRU cell (gates)": ("Add", "AddV2"),
            "RNN cell": ("Tanh", "Relu", "Sigmoid")}


class Recurrence(NamedTuple):
    """A loop over time.

    Attributes:
      input: its input tensor, in the order of time.
      layers: its cells, in order.
      time_major: True where time is the first axis.
      backwards: True where it reads its input from the end.
      flipped: True where the outputs were then put in the order of time.
      last: True where the tensor is the cell's last output, False where it is all of them.
      lengths: name of the tensor that holds the sequences' lengths, or "".
    """

    input: object
    layers: List[object]
    time_major: bool
    backwards: bool
    flipped: bool
    last: bool
    lengths: str


def read(graph, tensor, layers):
    """The `Recurrence` whose outputs a tensor holds, or None.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      tensor: a tensor outside the loop.
      layers: the `parity.reference.reading.layers.Layer`s of the network.
    """
    walked, flips = _walked(tensor)
    last = walked.op.type == "Merge"
    if flips if last else not walked.op.type.startswith("TensorArrayGather"):
        return None
    loop = tensors.ancestors([walked if last else walked.op.inputs[2]], _enters)
    names = {op.name for op in loop}
    cells = [layer for layer in layers if makes_sequence(layer) and layer.operation in names]
    given = [tensors.through(op.inputs[0]).op for op in loop if _enters(op)]
    read_from = [op for op in given if op.type.startswith("TensorArrayScatter")]
    if len(read_from) != 1 or not cells or last and (
            len(cells) > 1 or not _is_output(walked, cells[0])):
        return None
    data = read_from[0].inputs[2]
    time_major = tensors.through(data).op.type != "Transpose"
    source, turns = _walked(data)
    lengths = _lengths(loop)
    if not (_reverses(turns, time_major, lengths) and _reverses(flips, time_major, lengths)):
        return None
    return Recurrence(source, cells, time_major, bool(turns), bool(flips), last, lengths)


def _walked(tensor):
    """(the tensor before transpositions and reversals, [operation of each reversal])."""
    reversals, walked = [], tensors.through(tensor, _WALK)
    while walked.op.type in ("ReverseV2", "ReverseSequence"):
        reversals.append(walked.op)
        walked = tensors.through(walked.op.inputs[0], _WALK)
    return walked, reversals


def _reverses(reversals, time_major, lengths):
    """True where there is no reversal, or one of time that Keras's layer makes, too.

    One that reverses each sequence to its own length is Keras's under a mask alone.
    """
    if not reversals:
        return True
    op = reversals[0]
    by_length = op.type == "ReverseSequence"
    axis = op.get_attr("seq_dim") if by_length else tensors.scalar(op.inputs[1])
    return len(reversals) == 1 and axis == (0 if time_major else 1) and (
        bool(lengths) or not by_length)


def _is_output(merge, cell):
    """True where a variable of a loop, by its Merge operation, is the output of the loop's cell."""
    given = tensors.through(merge.op.inputs[1].op.inputs[0])
    if given.op.type in ("Select", "SelectV2"):  # the old state where a sequence has ended
        given = tensors.through(given.op.inputs[2])
    return given.op.type in _OUTPUTS[cell.kind]


def _lengths(loop):
    """Name of the tensor of lengths at which the outputs of a loop become zero, or ""."""
    for op in loop:
        if op.type == "GreaterEqual" and any(
                use.type in ("Select", "SelectV2") for use in op.outputs[0].consumers()):
            return tensors.through(op.inputs[1], tensors.PASSING + ("Cast",)).op.name
    return ""


def makes_sequence(layer):
    """True where a layer is a cell that Keras has as a recurrent layer, except a candidate."""
    return layer.kind in _OUTPUTS


def unrolled(graph, tensor, layers, known):
    """True where a tensor is computed by cells that the program unrolls without a loop.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      tensor: a tensor between layers.
      layers: the layers of the network.
      known: names of tensors at which the search ends.
    """
    kernels = {layer.variables.get("kernel") for layer in layers if "cell" in layer.kind}
    if not kernels:
        return False
    ops = tensors.ancestors([tensor], lambda op: any(
        output.name in known for output in op.outputs))
    return any(op.type == "MatMul" and tensors.variable_of(op.inputs[1]) in kernels
               and not _is_from_outside(op.inputs[1]) for op in ops)


def _is_from_outside(tensor):
    """True where a tensor comes into a loop from outside."""
    while tensor.op.type in tensors.PASSING and tensor.op.inputs and not _enters(tensor.op):
        tensor = tensor.op.inputs[0]
    return _enters(tensor.op)


def _enters(op):
    """True of an operation by which a tensor comes into a loop."""
    return op.type in ("Enter", "RefEnter")
