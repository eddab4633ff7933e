"""GANs on the networks of `mlp_gan` or of `dcgan`."""

from keras import ops
import tensorflow as tf

from modern.gan import Gan
from modern.models import dcgan


class OtherNetworks(Gan):
    """A GAN whose hyper-parameters hold `networks`; those of `dcgan` without dropout."""

    @property
    def XLA(self):
        """True where `modern.train` compiles the steps."""
        return dcgan.Dcgan.XLA if self.hparams.networks == "dcgan" else Gan.XLA

    def judge(self, images):
        """D's outputs [batch, 1] on images [batch, ...]."""
        if self.hparams.networks == "mlp":
            return self.discriminator(images)
        with tf.name_scope("inputs/"):
            seed = ops.zeros((2,), "int32")
        return self.discriminator([images, seed])
