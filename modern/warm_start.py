"""The weights that a run starts with, out of a checkpoint of either wing (D3 §3.5)."""

import tensorflow as tf

from groundwork import transfer


def variables(model):
    """Variables that a warm start loads: trainable ones, the state of normalisation."""
    return model.trainable_variables + [
        variable for variable in model.variables
        if variable.path.endswith(transfer.NORMALISATION)]


def read(build, hparams, dtype, asked):
    """The `groundwork.transfer.Weights` of a new run, or None when it draws all.

    Args:
      build: a model's `program`; called, so that it can refuse what is frozen.
      hparams: the model's hyper-parameters.
      dtype: "float32" or "float64".
      asked: the `groundwork.transfer.WarmStart`, or None.

    Raises:
      UsageError: --freeze or --warm_start does not fit the model, or no checkpoint is whole.
    """
    model = build(hparams, dtype).model
    wanted = {variable.path: list(variable.shape) for variable in variables(model)}
    return load(wanted, dtype, asked) if asked else None


def load(wanted, dtype, asked):
    """The `Weights` among `{variable: shape}` in the newest checkpoint that is whole."""
    for path in asked.paths:
        try:
            reader = tf.train.load_checkpoint(path)
            match = transfer.match(asked, wanted, reader.get_variable_to_shape_map())
            values = {name: reader.get_tensor(key).astype(dtype)
                      for name, key in match.keys.items()}
        except (tf.errors.OpError, RuntimeError, ValueError, IndexError) as error:
            transfer.pass_over(asked, path, error)
            continue
        return transfer.Weights(asked.given, path, values, match.not_there, match.other_scopes)
    raise AssertionError("the last checkpoint is read or refused")
