"""legacy.losses and the DCGAN's own, with smoothed labels, against NumPy."""

from legacy import losses  # before TensorFlow: sets how tf.layers is found
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from legacy.models import dcgan

REAL = np.array([[2.0], [-0.5], [0.25]])
GENERATED = np.array([[-1.0], [0.75], [3.0]])


def cross_entropy(logits, label):
    """-E[label log D + (1 - label) log(1 - D)]."""
    output = 1 / (1 + np.exp(-logits))
    return np.mean(-label * np.log(output) - (1 - label) * np.log(1 - output))


@pytest.mark.parametrize("module", [losses, dcgan])
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.75])
def test_smoothing_lowers_the_label_of_real_images_only(module, smoothing):
    with tf.Graph().as_default(), tf.Session() as session:
        found = session.run(module.discriminator_losses(
            tf.constant(REAL), tf.constant(GENERATED), smoothing))
    real = cross_entropy(REAL, 1 - smoothing)
    generated = cross_entropy(GENERATED, 0)
    assert found["discriminator/real"] == pytest.approx(real, rel=1e-14)
    assert found["discriminator/generated"] == pytest.approx(generated, rel=1e-14)
    assert found["discriminator"] == pytest.approx(real + generated, rel=1e-14)


@pytest.mark.parametrize("module", [losses, dcgan])
def test_without_smoothing_the_loss_is_what_it_was(module):
    with tf.Graph().as_default(), tf.Session() as session:
        given = [tf.constant(logits, tf.float32) for logits in (REAL, GENERATED)]
        plain = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(
            labels=tf.ones_like(given[0]), logits=given[0]))
        found, unset, expected = session.run([
            module.discriminator_losses(*given, label_smoothing=0.0)["discriminator/real"],
            module.discriminator_losses(*given)["discriminator/real"], plain])
    assert found == unset == expected
