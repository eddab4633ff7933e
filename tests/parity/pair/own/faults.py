"""Ports of the project's programs with one fault each; and other ports that have none."""

import dataclasses
import functools

import keras
from keras import ops
import tensorflow as tf

from groundwork import hyperparameters
from modern.layers import FusedBatchNormalization
from modern.models import dcgan, dense_gan, vae
from modern.port import build, Port
from modern.precision import precision


def _port(program, kind=Port):
    """The function of a port, made of the function (hparams, dtype) of its program."""
    def port(model, **values):
        return kind(program(hyperparameters.make(model, values), keras.config.floatx()))
    return port


def _of_class(kind):
    """The function of a port, made of the class of its model."""
    def program(hparams, dtype):
        with precision(dtype):
            model = kind(hparams)
            model.compile()
        return model.as_program()
    return _port(program)


def _with_layer(network, layer, **settings):
    """The function of a port: D1's GAN with other settings in one layer."""
    def clone(original):
        changed = settings if original.name == layer else {}
        return type(original).from_config({**original.get_config(), **changed})

    class Changed(dense_gan.DenseGan):
        def make_networks(self):
            networks = {"generator": dense_gan.generator(self.hparams.noise_size),
                        "discriminator": dense_gan.discriminator()}
            networks[network] = keras.models.clone_model(networks[network], clone_function=clone)
            self.generator, self.discriminator = networks.values()

    return _of_class(Changed)


def _with_optimizer(hparams, **numbers):
    return dataclasses.replace(
        hparams, optimizer=dataclasses.replace(hparams.optimizer, **numbers))


leaky_slope = _with_layer("generator", "hidden", activation=lambda x: ops.leaky_relu(x, 1e-4))
missing_bias = _with_layer("generator", "hidden", use_bias=False)
initializer = _with_layer("discriminator", "hidden", kernel_initializer="he_uniform")


@_port
def label(hparams, dtype):
    """Real images labelled 0.9999."""
    return dense_gan.program(dataclasses.replace(hparams, label_smoothing=1e-4), dtype)


@_port
def learning_rate(hparams, dtype):
    """A learning rate 1.001 times the reference's."""
    rate = hparams.optimizer.learning_rate * 1.001
    return dense_gan.program(_with_optimizer(hparams, learning_rate=rate), dtype)


@_port
def epsilon(hparams, dtype):
    """Adam's epsilon as Keras has it."""
    return dense_gan.program(_with_optimizer(hparams, epsilon=1e-7), dtype)


@_port
def beta2(hparams, dtype):
    """Adam's second decay 0.9991."""
    return dense_gan.program(_with_optimizer(hparams, beta2=0.9991), dtype)


@_port
def patience(hparams, dtype):
    """A learning rate that waits one window longer before it falls."""
    schedule = dataclasses.replace(hparams.schedule, patience=hparams.schedule.patience + 1)
    return vae.program(dataclasses.replace(hparams, schedule=schedule), dtype)


def stock(model, **values):
    """No fault: Keras's own optimisers."""
    return build(model, stock_optimizers=True, **values)


class HeavyDivergence(vae.Vae):
    """D3's VAE with a KL term 1.001 times the reference's."""

    def phase_losses(self, inputs):
        values = super().phase_losses(inputs)
        divergence = 1.001 * values["vae/divergence"]
        return {"vae": values["vae/reconstruction"] + divergence,
                "vae/reconstruction": values["vae/reconstruction"], "vae/divergence": divergence}


divergence = _of_class(HeavyDivergence)


@_port
def swapped_phases(hparams, dtype):
    """The discriminator's phase first."""
    program = dense_gan.program(hparams, dtype)
    return program._replace(phases=program.phases[::-1])


@_port
def sequential(hparams, dtype):
    """Updates of one phase one after the other: the second sees what the first assigned."""
    program = dense_gan.program(hparams, dtype)
    return program._replace(phases=[phase._replace(updates=[update])
                                    for phase in program.phases for update in phase.updates])


class ReusedNoise(Port):
    """A port that feeds the generator's noise to the discriminator's phase, too."""

    def run(self, fed):
        return super().run({**fed, "discriminator/noise": fed["generator/noise"]})


reused_noise = _port(dense_gan.program, ReusedNoise)


def _norms(program):
    return [layer for layer in program.model.generator.layers
            if isinstance(layer, FusedBatchNormalization)]


@_port
def batch_variance(hparams, dtype):
    """Moving variances of the batch in float32 too, as Keras 3's own batch norm has them."""
    program = dcgan.program(hparams, dtype)
    for layer in _norms(program):
        layer._fused = layer._composed
    return program


@_port
def other_kernels(hparams, dtype):
    """No fault: batch norm composed of smaller operations, with the population's variance."""
    program = dcgan.program(hparams, dtype)
    for layer in _norms(program):
        layer._fused = functools.partial(_of_the_population, layer)
    return program


def _of_the_population(layer, inputs, training):
    outputs = layer._composed(inputs, training)
    if training:
        mean, variance = layer._statistics
        count = tf.cast(tf.size(inputs) // inputs.shape[-1], variance.dtype)
        layer._statistics = mean, variance * (count / (count - 1))
    return outputs
