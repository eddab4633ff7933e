"""Self-attention GAN (named in D3 §2; Zhang et al. 2019).

The document names AT-GAN and no more. From the paper are attention in both networks, spectral
normalisation in both, the hinge loss and a rate for each network. Its networks are residual, for
128x128 pixels and classes: ours are those of a DCGAN, small enough for two cores, with attention
over the 16x16 positions of one layer. Its generator knows the class; ours has plain batch norm.
"""

import keras
from keras import ops
import tensorflow as tf

from modern import spectral_norm
from modern.attention import SelfAttention
from modern.gan import Gan
from modern.layers import FusedBatchNormalization, update_moving_averages
from modern.models.wgan import generator_loss
from modern.spectral_norm import SpectralConv2D, SpectralConv2DTranspose, SpectralDense

ATTENTION_SIZE = 16  # height and width of the layer that attends to itself
GENERATOR_DEPTHS = {32: (128, 64, 3), 64: (128, 64, 32, 3)}  # by image size
DISCRIMINATOR_DEPTHS = {32: (32, 64, 128), 64: (32, 64, 128, 128)}


def attention_over_pixels(channels):
    """Layers by which [batch, 16, 16, channels] attends to itself."""
    return [
        keras.layers.Reshape((ATTENTION_SIZE ** 2, channels), name="positions"),
        SelfAttention(spectral_norm=True, name="attention"),
        keras.layers.Reshape((ATTENTION_SIZE, ATTENTION_SIZE, channels), name="attended"),
    ]


def _norm_relu(name):
    return [FusedBatchNormalization(momentum=0.9, name=name),
            keras.layers.Activation("relu", name=name + "_relu")]


def generator(noise_size, image_size):
    """Images [batch, image_size, image_size, 3] in (-1, 1) from noise [batch, noise_size]."""
    depths = GENERATOR_DEPTHS[image_size]
    layers = [
        keras.Input((noise_size,)),
        SpectralDense(4 * 4 * 128, use_bias=False, name="dense"),
        keras.layers.Reshape((4, 4, 128), name="maps"),
        *_norm_relu("norm1"),
    ]
    for index, depth in enumerate(depths[:-1], 1):
        layers.append(SpectralConv2DTranspose(
            depth, 4, 2, "same", use_bias=False, name=f"deconv{index}"))
        layers += _norm_relu(f"norm{index + 1}")
        if 4 * 2 ** index == ATTENTION_SIZE:
            layers += attention_over_pixels(depth)
    layers.append(SpectralConv2DTranspose(
        depths[-1], 4, 2, "same", activation="tanh", name=f"deconv{len(depths)}"))
    return keras.Sequential(layers, name="generator")


def discriminator(image_size):
    """Scores [batch, 1] of images [batch, size, size, 3], higher for real ones."""
    depths = DISCRIMINATOR_DEPTHS[image_size]
    layers = [keras.Input((image_size, image_size, 3))]
    for index, depth in enumerate(depths, 1):
        layers.append(SpectralConv2D(
            depth, 4, 2, "same", activation="leaky_relu", name=f"conv{index}"))
        if image_size // 2 ** index == ATTENTION_SIZE:
            layers += attention_over_pixels(depth)
    layers += [keras.layers.Reshape((4 * 4 * depths[-1],), name="flat"),
               SpectralDense(1, name="output")]
    return keras.Sequential(layers, name="discriminator")


def discriminator_losses(real_scores, generated_scores):
    """The hinge loss: E[max(0, 1 - D(x))] + E[max(0, 1 + D(G(z)))]; and both parts."""
    with tf.name_scope("losses/discriminator/"):
        real = ops.mean(ops.relu(1.0 - real_scores))
        generated = ops.mean(ops.relu(1.0 + generated_scores))
        return {"discriminator": real + generated,
                "discriminator/real": real,
                "discriminator/generated": generated}


@keras.saving.register_keras_serializable(package="modern")
class AttentionGan(Gan):
    """The GAN; `hparams` are `groundwork.models.AttentionGan`."""

    XLA = False  # its convolutions are slower than TensorFlow's on CPUs and take long to compile

    def make_networks(self):
        self.generator = generator(self.hparams.noise_size, self.hparams.image_size)
        self.discriminator = discriminator(self.hparams.image_size)

    def adversarial_losses(self, logits):
        values = generator_loss(logits["generated"])
        if "real" in logits:
            values.update(discriminator_losses(logits["real"], logits["generated"]))
        return values

    def display_metrics(self, inputs):
        return {"output/" + kind: ops.mean(scores)
                for kind, scores in self.logits(inputs).items()}

    def display_outputs(self):
        return {"attention": self.attention}

    def attention(self, inputs):
        """The discriminator's map [batch, positions, positions] of real images."""
        self.discriminator(inputs["images"])
        return self.discriminator.get_layer("attention").weights_of_last_pass

    def post_update(self):
        update_moving_averages(self.generator, self.hparams.options)
        spectral_norm.updates(self.generator, self.hparams.options)
        spectral_norm.updates(self.discriminator, self.hparams.options)


def program(hparams, dtype, stock_optimizers=False):
    """The GAN with `hparams` (`groundwork.models.AttentionGan`)."""
    return AttentionGan.make(hparams, dtype, stock_optimizers).as_program()
