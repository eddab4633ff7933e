"""GAN of recurrent networks (D3 §2; Esteban, Hyland & Rätsch 2017)."""

import keras

from modern.attention import SelfAttention
from modern.gan import Gan
from modern.layers import DenseBiasAdd
from modern.recurrent import LSTMCell


def lstm(units):
    """Outputs [batch, steps, units] of an LSTM that reads [batch, steps, features]."""
    cell = LSTMCell(units, name="lstm_cell")
    return keras.layers.RNN(cell, return_sequences=True, name="lstm")


def recurrent(units, attention):
    """Layers to outputs [batch, steps, units] of an LSTM; with attention "steps", mixed over them.
    """
    layers = [lstm(units)]
    if attention == "steps":
        layers.append(SelfAttention(name="attention"))
    return layers


def generator(noise_shape, units, attention, features, activation):
    """Sequences [batch, steps, features] from noise [batch, steps, noise_size]."""
    return keras.Sequential([
        keras.Input(noise_shape),
        *recurrent(units, attention),
        DenseBiasAdd(features, activation=activation, name="output"),
    ], name="generator")


def discriminator(sequence_shape, units, attention):
    """Logits [batch, steps, 1] that sequences [batch, steps, features] are real so far."""
    return keras.Sequential([
        keras.Input(sequence_shape),
        *recurrent(units, attention),
        DenseBiasAdd(1, name="output"),
    ], name="discriminator")


@keras.saving.register_keras_serializable(package="modern")
class RecurrentGan(Gan):
    """The recurrent GAN; `hparams` are `groundwork.models.RecurrentGan`.

    The losses are means over all steps of all sequences.
    """

    XLA = False  # its loops over the steps of a sequence are slower than TensorFlow's on CPUs

    def make_networks(self):
        hparams, shape = self.hparams, self.hparams.image_shape
        units, attention = hparams.hidden_units, hparams.attention
        activation = "softmax" if hparams.sequence == "text" else "tanh"
        self.generator = generator(hparams.noise_shape, units, attention, shape[1], activation)
        self.discriminator = discriminator(shape, units, attention)


def program(hparams, dtype, stock_optimizers=False):
    """The GAN with `hparams` (`groundwork.models.RecurrentGan`)."""
    return RecurrentGan.make(hparams, dtype, stock_optimizers).as_program()
