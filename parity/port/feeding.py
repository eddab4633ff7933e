"""Batches of a step, in the structure that a Keras model takes."""

from typing import Dict, NamedTuple, Tuple

import keras
from keras.src import tree
import tensorflow as tf


@tree.register_tree_node_class  # else Keras takes it for a leaf, and no model can be called with it
class Tensors(dict):
    """`{input name: tensor}`; a KeyError of an unknown name lists the known ones."""

    def tree_flatten(self):
        """(tensors, names), as Keras flattens a structure."""
        return tuple(self.values()), tuple(self)

    @classmethod
    def tree_unflatten(cls, names, tensors):
        """Tensors made from their names and values; the inverse of `tree_flatten`."""
        return cls(zip(names, tensors))

    def __missing__(self, name):
        raise KeyError(f"{name}: the batch holds {', '.join(self) or 'nothing'}")


class Batch(NamedTuple):
    """One batch.

    Attributes:
      tensors: `{input name: tensor}`, labels included.
      labels: names of the tensors that are labels.
    """
    tensors: Dict[str, tf.Tensor]
    labels: Tuple[str, ...] = ()

    @classmethod
    def of(cls, arrays, labels, dtype):
        """Batch of arrays; floating-point numbers are cast to `dtype`."""
        return cls(Tensors({name: tf.convert_to_tensor(
            value.astype(dtype) if value.dtype.kind == "f" else value)
                    for name, value in arrays.items()}), tuple(labels))


def _declared(model):
    """KerasTensors of a model's inputs, in their structure; None if it declares none."""
    try:
        # A Sequential declares the input of its first layer, and only as `inputs`
        return model.inputs[0] if isinstance(model, keras.Sequential) else model.input
    except (AttributeError, ValueError):  # Keras raises either for a model that is only a `call`
        return None


def declared_inputs(model):
    """`{name: KerasTensor}` of a model that declares its inputs, else `{}`."""
    structure = _declared(model)
    if structure is None:
        return {}
    if isinstance(structure, dict):
        return dict(structure)
    return {tensor.name: tensor for tensor in keras.tree.flatten(structure)}


def model_input(model, batch):
    """Batch without its labels, in the model's structure: one tensor, a list or a dict.

    Inputs are found by name; if names differ, by the order of the batch. Texts are left out, unless
    the model declares them by name.
    """
    declared = declared_inputs(model)
    rest = {name: tensor for name, tensor in batch.tensors.items() if name not in batch.labels
            and (tensor.dtype != tf.string or name in declared)}
    if not declared:
        return next(iter(rest.values())) if len(rest) == 1 else rest
    if set(declared) <= set(batch.tensors):  # an autoencoder's input may be its label, too
        found = batch.tensors
    elif len(declared) == len(rest):
        found = dict(zip(declared, rest.values()))
    else:
        raise ValueError(f"the model takes {', '.join(declared)}; the batch holds "
                         f"{', '.join(rest) or 'nothing'} beside its labels")
    structure = _declared(model)
    if isinstance(structure, dict):
        return {name: found[name] for name in declared}
    return keras.tree.map_structure(lambda tensor: found[tensor.name], structure)


def labels(model, batch):
    """Labels as `fit` takes them: None, one tensor, a list, or a dict by names of outputs."""
    found = {name: batch.tensors[name] for name in batch.labels}
    if len(found) < 2:
        return next(iter(found.values()), None)
    by_name = set(found) <= set(getattr(model, "output_names", None) or ())
    return found if by_name else list(found.values())


def data(model, batch):
    """Data that `fit` would give the model's `train_step`."""
    return keras.utils.pack_x_y_sample_weight(model_input(model, batch), labels(model, batch))
