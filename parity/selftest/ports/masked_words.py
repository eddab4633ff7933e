"""Keras 3: the language model of ../programs."""

import keras
from keras import layers
from keras import ops
import tensorflow as tf

_UNITS, _WORDS, _TYPES = 4, 9, 2


def _normal():
    return keras.initializers.TruncatedNormal(stddev=0.5)


def _gelu(x):
    return keras.activations.gelu(x, approximate=True)


class Words(keras.Model):
    """Scores [batch, places, words] of all words, by the table that also reads them."""

    def __init__(self):
        super().__init__()
        self.table = layers.Embedding(_WORDS, _UNITS, _normal(), name="words")
        self.types = layers.Embedding(_TYPES, _UNITS, _normal(), name="types")
        self.transform = layers.Dense(_UNITS, _gelu, name="transform")
        self.output_bias = self.add_weight(shape=(_WORDS,), initializer="zeros",
                                           name="output_bias")

    def call(self, inputs):
        words, types = inputs
        net = self.transform(self.table(words) + self.types(types))
        return ops.matmul(net, ops.transpose(self.table.embeddings)) + self.output_bias


class WarmUp(keras.optimizers.schedules.LearningRateSchedule):
    """A rate that grows over four steps, then falls to nothing at step 20."""

    def __call__(self, step):
        step = ops.cast(step, "float32")
        return ops.where(step < 4.0, 0.01 * step / 4.0,
                         0.01 * (1.0 - ops.minimum(step, 20.0) / 20.0))


class UncorrectedAdam(keras.optimizers.Optimizer):
    """Adam without bias correction; kernels and tables decay with the rate."""

    def __init__(self):
        super().__init__(WarmUp(), global_clipnorm=0.1)
        self.m, self.v = [], []

    def build(self, variables):
        if not self.built:
            super().build(variables)
            for variable in variables:
                self.m.append(self.add_variable_from_reference(variable, "first"))
                self.v.append(self.add_variable_from_reference(variable, "second"))

    def apply(self, grads, trainable_variables=None):
        grads = [tf.convert_to_tensor(each) for each in grads]
        super().apply(grads, trainable_variables)

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        m, v = self.m[index], self.v[index]
        self.assign(m, 0.9 * m + 0.1 * gradient)
        self.assign(v, 0.999 * v + 0.001 * ops.square(gradient))
        update = m / (ops.sqrt(v) + 1e-6)
        if "bias" not in self._trainable_variables[index].path:
            update += 0.01 * variable
        self.assign_sub(variable, ops.cast(learning_rate, variable.dtype) * update)


class Port:
    """The model, and a step that trains it."""

    def __init__(self):
        self.model = Words()
        self.model((tf.zeros((1, 6), tf.int32), tf.zeros((1, 6), tf.int32)))
        self.optimizer = UncorrectedAdam()
        self.optimizer.build(self.model.trainable_variables)

    def step(self, batch):
        """Trains on a batch {"words", "types", "labels": [batch, places]}; returns the loss."""
        variables = self.model.trainable_variables
        with tf.GradientTape() as tape:
            loss = ops.mean(keras.losses.sparse_categorical_crossentropy(
                batch["labels"], self.model((batch["words"], batch["types"])), from_logits=True))
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return {"loss": loss}


def masked_words():
    return Port()
