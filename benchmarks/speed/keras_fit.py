"""Keras's `fit` as keras.io's examples use it: stock optimisers, a `tf.data` pipeline that
shuffles and batches images, random inputs drawn by TensorFlow."""

import importlib

from groundwork import hyperparameters
from groundwork import importing
from groundwork.data import datasets
from groundwork.models.model import MASK_SEED

_SHUFFLED = 1024  # images, as in those examples

with importing.importing_tensorflow():
    import keras
    import tensorflow as tf


class Turns(keras.callbacks.Callback):
    """Waits for a command between two steps of one endless epoch."""

    def __init__(self, pace):
        super().__init__()
        self._pace = pace

    def on_train_batch_begin(self, batch, logs=None):
        self._pace.turn(batch)


def draw(name, shape, rows):
    """A random input [rows, ...] of a batch, of the distribution that its name has."""
    if name == MASK_SEED:
        return tf.random.uniform((2,), maxval=2 ** 30, dtype=tf.int32)
    if name == "classes":
        chosen = tf.random.uniform((rows,), maxval=shape[0], dtype=tf.int32)
        return tf.one_hot(chosen, shape[0])
    if name in ("codes", "mixing"):
        return tf.random.uniform((rows, *shape), minval=-1.0 if name == "codes" else 0.0)
    return tf.random.normal((rows, *shape))


def _examples(arrays, inputs, rows):
    """Endless batches `{input: tensor}` of a phase's images and labels."""
    wanted = {name: arrays[name].reshape((-1, *shape)) for name, shape in inputs.items()
              if name in arrays}
    return (tf.data.Dataset.from_tensor_slices(wanted).shuffle(_SHUFFLED).repeat()
            .batch(rows, drop_remainder=True))


def batches(arrays, inputs, rows):
    """Endless batches `{"<phase>/<input>": tensor}`.

    Args:
      arrays: `{"images": [count, ...], "labels": [count, classes]}`.
      inputs: `{"<phase>": {input: shape of one example}}`.
      rows: examples a batch.
    """
    given = tf.data.Dataset.zip({phase: _examples(arrays, names, rows)
                                 for phase, names in inputs.items() if "images" in names})

    def with_draws(examples):
        return {f"{phase}/{name}": examples[phase][name] if name in examples.get(phase, {})
                else draw(name, shape, rows)
                for phase, names in inputs.items() for name, shape in names.items()}

    return given.map(with_draws).prefetch(tf.data.AUTOTUNE)


def run(unused_kind, settings, pace):
    """Fits until the pace ends it."""
    hparams = hyperparameters.from_dict(settings["hparams"])
    build = importlib.import_module(
        "modern.models." + hyperparameters.name_of(hparams)).program
    digits = datasets.load("digits", hparams.image_shape)
    arrays = {"images": datasets.scaled(digits.images[:]),
              "labels": keras.utils.to_categorical(digits.labels).astype("float32")}
    model = build(hparams, "float32", stock_optimizers=True).model
    model.fit(batches(arrays, settings["inputs"], settings["batch_size"]),
              steps_per_epoch=10 ** 9, callbacks=[Turns(pace)], verbose=0)
