"""Cycle-consistent GAN: two domains, translated both ways, of unpaired images (D0 §5; Zhu et al.
2017a).

D0 only names it. From the paper: both losses, cycle weight 10, identity weight 5 (half of it), the
pool of 50 images, patches of least squares. Each phase draws images of its own, as in D4, where the
paper's code shows D those that G's phase made.
"""

import keras
from keras import ops
import tensorflow as tf

from groundwork.models.translation import Domains
from modern.image_pool import ImagePool
from modern.models.translation_networks import discriminator, generator
from modern.phased_model import PhasedModel
from modern.program import Phase


def least_squares(outputs, label):
    """Mean squared distance of D's outputs from a label, 0 (generated) or 1 (real) (Mao et al.
    2017)."""
    return ops.mean(tf.math.squared_difference(outputs, label))


def distance(images, others):
    """Mean absolute difference of images."""
    return ops.mean(ops.abs(images - others))


def generator_losses(judged, originals, returned, unchanged, hparams):
    """Both generators make both D wrong, undo one another, and leave alone what is of their domain.

    Args:
      judged: D's outputs on translations.
      originals, returned, unchanged: images; translated and back; given to the generator of their
        own domain.
    """
    with tf.name_scope("losses/generators/"):
        adversarial = least_squares(judged.a, 1.0) + least_squares(judged.b, 1.0)
        cycle = distance(returned.a, originals.a) + distance(returned.b, originals.b)
        identity = distance(unchanged.a, originals.a) + distance(unchanged.b, originals.b)
        total = (adversarial + hparams.cycle_weight * cycle
                 + hparams.identity_weight * identity)
        return {"generators": total, "generators/adversarial": adversarial,
                "generators/cycle": cycle, "generators/identity": identity}


def discriminator_losses(real, shown):
    """Each D tells the real images of its domain from generated ones; half of it, so that D learns
    more slowly than G.

    Args:
      real, shown: D's outputs on real images and on what the pools show.
    """
    with tf.name_scope("losses/discriminators/"):
        real = 0.5 * (least_squares(real.a, 1.0) + least_squares(real.b, 1.0))
        generated = 0.5 * (least_squares(shown.a, 0.0) + least_squares(shown.b, 0.0))
        return {"discriminators": real + generated, "discriminators/real": real,
                "discriminators/generated": generated}


def mean_outputs(real, generated):
    """D's mean output, 1 for real, on each kind of image: `{"output/<kind>": scalar}`."""
    outputs = {"real_a": real.a, "generated_a": generated.a,
               "real_b": real.b, "generated_b": generated.b}
    return {"output/" + kind: ops.mean(values) for kind, values in outputs.items()}


def each_image(network, *batches):
    """What a network makes of each of several batches, in one pass."""
    with tf.name_scope("batches/"):
        images = ops.concatenate(batches, axis=0)
    images = network(images)
    with tf.name_scope("batches/"):
        return ops.split(images, len(batches))


def samples(a, b, to_a, to_b):
    """Rows of six images: one of A, translated, and back; one of B, translated, and back."""
    made = Domains(to_a(b), to_b(a))
    rows = [a, made.b, to_a(made.b), b, made.a, to_b(made.a)]
    with tf.name_scope("samples"):
        return ops.reshape(ops.stack(rows, axis=1), (-1, *a.shape[1:]))


@keras.saving.register_keras_serializable(package="modern")
class CycleGan(PhasedModel):
    """The GAN; `hparams` are `groundwork.models.CycleGan`."""

    # Its convolutions are slower than TensorFlow's on CPUs and take long to compile.
    XLA = False

    def make_networks(self):
        self.generator_a = generator(self.hparams, "generator_a")
        self.generator_b = generator(self.hparams, "generator_b")
        self.discriminator_a = discriminator(self.hparams, "discriminator_a")
        self.discriminator_b = discriminator(self.hparams, "discriminator_b")
        self.pool_a = ImagePool(self.hparams.pool_size, name="pool_a")
        self.pool_b = ImagePool(self.hparams.pool_size, name="pool_b")
        for pool in (self.pool_a, self.pool_b):
            pool.build((None, *self.hparams.image_shape), None, None)

    def call(self, inputs):
        return samples(inputs["images"], inputs["images_b"], self.generator_a, self.generator_b)

    def judge(self, images):
        return Domains(self.discriminator_a(images.a), self.discriminator_b(images.b))

    def phase_losses(self, inputs):
        originals = Domains(inputs["images"], inputs["images_b"])
        made_a, unchanged_a = each_image(self.generator_a, originals.b, originals.a)
        made_b, unchanged_b = each_image(self.generator_b, originals.a, originals.b)
        made, unchanged = Domains(made_a, made_b), Domains(unchanged_a, unchanged_b)
        returned = Domains(self.generator_a(made.b), self.generator_b(made.a))
        judged = self.judge(made)
        values = generator_losses(judged, originals, returned, unchanged, self.hparams)
        if "pool_reads_a" not in inputs:
            return values
        real = self.judge(originals)
        shown_a = self.pool_a(made.a, inputs["pool_reads_a"], inputs["pool_writes_a"])
        shown_b = self.pool_b(made.b, inputs["pool_reads_b"], inputs["pool_writes_b"])
        values.update(discriminator_losses(real, self.judge(Domains(shown_a, shown_b))))
        return values

    def display_metrics(self, inputs):
        a, b = inputs["images"], inputs["images_b"]
        made = Domains(self.generator_a(b), self.generator_b(a))
        return mean_outputs(self.judge(Domains(a, b)), self.judge(made))

    def display_outputs(self):
        return {"reconstructions": lambda inputs: self.generator_a(
            self.generator_b(inputs["images"]))}

    def trained_variables(self):
        return {
            "generators": (self.generator_a.trainable_variables
                           + self.generator_b.trainable_variables),
            "discriminators": (self.discriminator_a.trainable_variables
                               + self.discriminator_b.trainable_variables)}

    def phases(self):
        return [Phase("generators", [self.update("generators")]),
                Phase("discriminators", [self.update("discriminators")], self.update_pools)]

    def update_pools(self):
        """Follows D's update: the pools take in what was generated."""
        self.pool_a.update()
        self.pool_b.update()


def program(hparams, dtype, stock_optimizers=False):
    """The GAN with `hparams` (`groundwork.models.CycleGan`)."""
    return CycleGan.make(hparams, dtype, stock_optimizers).as_program()
