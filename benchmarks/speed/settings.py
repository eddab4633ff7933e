"""What a contestant has to know, as JSON: hyper-parameters, inputs, numbers of images."""

from groundwork import hyperparameters

# Of the digits data set, which needs no file.
IMAGES = 1797


def of(model, batch_size, flags=()):
    """The settings of a model at a batch size, None for the whole data set.

    Args:
      flags: ((flag, value), ...) of other hyper-parameters.

    Returns:
      `{"hparams": as hyperparameters.to_dict, "inputs": as the model's batch_inputs,
      "batch_size": rows, "images": those of the data set}`.
    """
    hparams = hyperparameters.make(model, dict(flags, batch_size=batch_size))
    return {"hparams": hyperparameters.to_dict(hparams), "inputs": hparams.batch_inputs(),
            "batch_size": batch_size or IMAGES, "images": IMAGES}
