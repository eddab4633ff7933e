"""Cycle-consistent GAN: two domains, translated both ways, of unpaired images (D0 §5; Zhu et al.
2017a).

D0 only names it. From the paper: both losses, cycle weight 10, identity weight 5 (half of it), the
pool of 50 images, patches of least squares. Each phase draws images of its own, as in D4, where the
paper's code shows D those that G's phase made.
"""

import tensorflow.compat.v1 as tf

from groundwork.models.model import POOL_INPUTS
from groundwork.models.translation import Domains
from legacy.image_pool import image_pool
from legacy.models.translation_networks import discriminator, generator
from legacy.program import feeds, Phase, Program, update


def least_squares(outputs, label):
    """Mean squared distance of D's outputs from a label, 0 (generated) or 1 (real) (Mao et al.
    2017)."""
    return tf.reduce_mean(tf.squared_difference(outputs, tf.constant(label, outputs.dtype)))


def distance(images, others):
    """Mean absolute difference of images."""
    return tf.reduce_mean(tf.abs(images - others))


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
    return {"output/" + kind: tf.reduce_mean(values) for kind, values in outputs.items()}


def each_image(network, *batches):
    """What a network makes of each of several batches, in one pass."""
    with tf.name_scope("batches/"):
        images = tf.concat(batches, axis=0)
    images = network(images)
    with tf.name_scope("batches/"):
        return tf.split(images, len(batches))


def samples(a, b, to_a, to_b):
    """Rows of six images: one of A, translated, and back; one of B, translated, and back."""
    made = Domains(to_a(b), to_b(a))
    rows = [a, made.b, to_a(made.b), b, made.a, to_b(made.a)]
    with tf.name_scope("samples"):
        return tf.reshape(tf.stack(rows, axis=1), [-1] + a.shape.as_list()[1:])


def program(hparams, dtype):
    """The GAN with `hparams` (`groundwork.models.CycleGan`) in the default graph."""
    with tf.name_scope("inputs"):
        a = tf.placeholder(dtype, (None,) + hparams.image_shape, name="images")
        b = tf.placeholder(dtype, (None,) + hparams.image_shape, name="images_b")
        pools = {name: tf.placeholder(dtype, [None, hparams.pool_size], name=name)
                 for name in POOL_INPUTS}

    def to_a(images):
        return generator(images, hparams, "generator_a", reuse=tf.AUTO_REUSE)

    def to_b(images):
        return generator(images, hparams, "generator_b", reuse=tf.AUTO_REUSE)

    def judge(images):
        return Domains(
            discriminator(images.a, hparams.filters, "discriminator_a", reuse=tf.AUTO_REUSE),
            discriminator(images.b, hparams.filters, "discriminator_b", reuse=tf.AUTO_REUSE))

    originals = Domains(a, b)
    made_a, unchanged_a = each_image(to_a, b, a)
    made_b, unchanged_b = each_image(to_b, a, b)
    made, unchanged = Domains(made_a, made_b), Domains(unchanged_a, unchanged_b)
    returned = Domains(to_a(made.b), to_b(made.a))
    judged = judge(made)
    values = generator_losses(judged, originals, returned, unchanged, hparams)
    real = judge(originals)
    shown_a, keep_a = image_pool(made.a, pools["pool_reads_a"], pools["pool_writes_a"], "pool_a")
    shown_b, keep_b = image_pool(made.b, pools["pool_reads_b"], pools["pool_writes_b"], "pool_b")
    values.update(discriminator_losses(real, judge(Domains(shown_a, shown_b))))
    of_generators = update("generators", tf.trainable_variables("generator_"), hparams, dtype)
    of_discriminators = update(
        "discriminators", tf.trainable_variables("discriminator_"), hparams, dtype)
    return Program(
        inputs=feeds(hparams, images=a, images_b=b, **pools),
        outputs={"samples": samples(a, b, to_a, to_b)},
        losses=values,
        phases=[Phase("generators", [of_generators]),
                Phase("discriminators", [of_discriminators], lambda: [keep_a(), keep_b()])],
        options=hparams.options,
        metrics=lambda: mean_outputs(real, judged),
        display_outputs=lambda: {"reconstructions": returned.a})
