"""modern.losses and the DCGAN's own, with smoothed labels, against NumPy."""

from modern import losses  # before Keras: sets its backend
import numpy as np
import pytest
import tensorflow as tf

from modern.models import dcgan

REAL = np.array([[2.0], [-0.5], [0.25]])
GENERATED = np.array([[-1.0], [0.75], [3.0]])


def cross_entropy(logits, label):
    """-E[label log D + (1 - label) log(1 - D)]."""
    output = 1 / (1 + np.exp(-logits))
    return np.mean(-label * np.log(output) - (1 - label) * np.log(1 - output))


@pytest.mark.parametrize("module", [losses, dcgan])
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.75])
def test_smoothing_lowers_the_label_of_real_images_only(module, smoothing):
    found = module.discriminator_losses(tf.constant(REAL), tf.constant(GENERATED), smoothing)
    real = cross_entropy(REAL, 1 - smoothing)
    generated = cross_entropy(GENERATED, 0)
    assert float(found["discriminator/real"]) == pytest.approx(real, rel=1e-14)
    assert float(found["discriminator/generated"]) == pytest.approx(generated, rel=1e-14)
    assert float(found["discriminator"]) == pytest.approx(real + generated, rel=1e-14)


@pytest.mark.parametrize("module", [losses, dcgan])
def test_without_smoothing_the_loss_is_what_it_was(module):
    given = [tf.constant(logits, tf.float32) for logits in (REAL, GENERATED)]
    expected = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(
        labels=tf.ones_like(given[0]), logits=given[0]))
    found = module.discriminator_losses(*given, label_smoothing=0.0)
    assert found["discriminator/real"] == expected
    assert module.discriminator_losses(*given)["discriminator/real"] == expected
