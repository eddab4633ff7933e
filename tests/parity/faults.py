"""Ports of the project's programs with one fault each, for tests/parity/test_faults.py."""

import dataclasses
import functools

import keras
from keras import ops
import tensorflow as tf

from modern import losses
from modern import training
from modern.layers import FusedBatchNormalization
from modern.models import bgd_gan, dcgan, mlp_gan, vae
from modern.precision import precision
from modern.program import loss_names


def _rebuilt(build, kind, hparams, dtype):
    """The program of another model class."""
    program = build(hparams, dtype)
    with precision(dtype):
        model = kind(hparams)
        model.compile()
    return program._replace(
        model=model, losses=model.phase_losses, phases=model.phases(),
        outputs={"samples": lambda inputs: model(inputs["noise"])})


def _with_optimizer(hparams, **numbers):
    return dataclasses.replace(
        hparams, optimizer=dataclasses.replace(hparams.optimizer, **numbers))


def leaky_slope(hparams, dtype):
    """A leaky ReLU of slope 0.2001 in G's first layer."""
    program = mlp_gan.program(hparams, dtype)
    layer = program.model.generator.get_layer("hidden1")
    layer.activation = lambda x: ops.leaky_relu(x, 0.2001)
    return program


class SmoothedLabel(mlp_gan.MlpGan):
    """D3's GAN with real images labelled 0.9999."""

    def phase_losses(self, inputs):
        real_logits = self.discriminator(inputs["images"])
        generated_logits = self.discriminator(self.generator(inputs["noise"]))
        values = losses.generator_loss(generated_logits)
        values.update(losses.discriminator_losses(real_logits, generated_logits))
        real = losses.sigmoid_cross_entropy(real_logits, 0.9999)
        values.update({"discriminator": real + values["discriminator/generated"],
                       "discriminator/real": real})
        return values


def label(hparams, dtype):
    """Real images labelled 0.9999."""
    return _rebuilt(mlp_gan.program, SmoothedLabel, hparams, dtype)


def learning_rate(hparams, dtype):
    """A learning rate 1.001 times the reference's."""
    rate = hparams.optimizer.learning_rate * 1.001
    return mlp_gan.program(_with_optimizer(hparams, learning_rate=rate), dtype)


def epsilon(hparams, dtype):
    """Adam's epsilon as Keras has it."""
    return mlp_gan.program(_with_optimizer(hparams, epsilon=1e-7), dtype)


def beta2(hparams, dtype):
    """Adam's second decay 0.9991."""
    return mlp_gan.program(_with_optimizer(hparams, beta2=0.9991), dtype)


def swapped_phases(hparams, dtype):
    """The discriminator's phase first."""
    program = bgd_gan.program(hparams, dtype)
    return program._replace(phases=program.phases[::-1])


class MissingBias(mlp_gan.MlpGan):
    """D3's GAN whose generator has no bias in its output layer."""

    def make_networks(self):
        self.generator = keras.Sequential([
            keras.Input((self.hparams.noise_size,)),
            keras.layers.Dense(128, activation="leaky_relu", name="hidden1"),
            keras.layers.Dense(256, activation="leaky_relu", name="hidden2"),
            keras.layers.Dense(512, activation="leaky_relu", name="hidden3"),
            keras.layers.Dense(784, use_bias=False, name="output"),
            keras.layers.Reshape((28, 28), name="images"),
        ], name="generator")
        self.discriminator = mlp_gan.discriminator()


def missing_bias(hparams, dtype):
    """G's output layer without its bias."""
    return _rebuilt(mlp_gan.program, MissingBias, hparams, dtype)


class HeavyDivergence(vae.Vae):
    """D3's VAE with a KL term 1.001 times the reference's."""

    def phase_losses(self, inputs):
        values = super().phase_losses(inputs)
        divergence = 1.001 * values["vae/divergence"]
        return {"vae": values["vae/reconstruction"] + divergence,
                "vae/reconstruction": values["vae/reconstruction"], "vae/divergence": divergence}


def divergence(hparams, dtype):
    """The KL term 1.001 times the reference's."""
    return _rebuilt(vae.program, HeavyDivergence, hparams, dtype)


def initializer(hparams, dtype):
    """One kernel drawn by He's rule."""
    program = mlp_gan.program(hparams, dtype)
    layer = program.model.discriminator.get_layer("hidden2")
    layer.kernel_initializer = keras.initializers.HeUniform()
    return program


def _norms(program):
    return [layer for layer in program.model.generator.layers
            if isinstance(layer, FusedBatchNormalization)]


def batch_variance(hparams, dtype):
    """Moving variances of the batch in float32 too, as Keras 3's own batch norm has them."""
    program = dcgan.program(hparams, dtype)
    for layer in _norms(program):
        layer._fused = layer._composed
    return program


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


def patience(hparams, dtype):
    """A learning rate that waits one window longer before it falls."""
    schedule = dataclasses.replace(hparams.schedule, patience=hparams.schedule.patience + 1)
    return vae.program(dataclasses.replace(hparams, schedule=schedule), dtype)


class Sequential:
    """Training code whose second update already sees what the first assigned."""

    phase_inputs = staticmethod(training.phase_inputs)

    @staticmethod
    def run_step(phase_losses, phases, batch):
        """One step, each update from a pass of its own."""
        found = {}
        for phase in phases:
            inputs = training.phase_inputs(phase, batch)[0][0]
            for update in phase.updates:
                with tf.GradientTape() as tape:
                    values = phase_losses(inputs)
                update.optimizer.apply(
                    tape.gradient(values[update.loss], update.variables), update.variables)
            found[phase.name] = {name: values[name] for name in loss_names(values, phase)}
        return found


class ReusedNoise:
    """Training code that feeds the generator's noise to the discriminator's phase too."""

    phase_inputs = staticmethod(training.phase_inputs)

    @staticmethod
    def run_step(phase_losses, phases, batch):
        """One step with the same noise in both phases."""
        batch = dict(batch, **{"discriminator/noise": batch["generator/noise"]})
        return training.run_step(phase_losses, phases, batch)
