"""The language model in Keras 3."""

import keras

BATCH_SIZE = 8


def cost(targets, logits):
    """Cross-entropy, summed over time, mean over the batch."""
    losses = keras.losses.sparse_categorical_crossentropy(targets, logits, from_logits=True)
    return keras.ops.sum(losses) / BATCH_SIZE


def _uniform():
    return keras.initializers.RandomUniform(-0.1, 0.1)


def build():
    """Returns (model, loss, optimizer)."""
    inputs = keras.Input((16,), dtype="int32", name="inputs")
    c, h = keras.Input((64,), name="zeros"), keras.Input((64,), name="zeros_1")
    x = keras.layers.Embedding(42, 16, _uniform(), name="embedding")(inputs)
    x = keras.layers.LSTM(64, kernel_initializer=_uniform(), recurrent_initializer=_uniform(),
                          return_sequences=True)(x, initial_state=[h, c])
    logits = keras.layers.Dense(42, kernel_initializer=_uniform(), bias_initializer=_uniform(),
                                name="softmax")(x)
    rate = keras.optimizers.schedules.ExponentialDecay(1.0, 9, 0.97, staircase=True)
    return (keras.Model([inputs, c, h], logits), cost,
            keras.optimizers.SGD(rate, global_clipnorm=2.0))
