"""Rows 1 to 4 of the ledger: the defects of D3 §4.1's GAN, and what stands here instead."""

from legacy import losses  # before TensorFlow: sets how tf.layers is found
from legacy.models import mlp_gan
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from tests.errata.documents import D3_GAN, execute
from tests.errata.graphs import normal, program_of, run, shapes, signs


# Row 1: D gets [B, 28, 28] unflattened.


def test_row_01_document_judges_each_row_of_an_image():
    judged = execute(D3_GAN).discriminator(tf.zeros([8, 28, 28]))
    assert judged.shape.as_list() == [8, 28, 1]
    assert shapes(tf.trainable_variables())[0] == (28, 512)


def test_row_01_repair_judges_each_image():
    assert mlp_gan.discriminator(tf.zeros([8, 28, 28])).shape.as_list() == [8, 1]
    assert shapes(tf.trainable_variables())[0] == (784, 512)


# Row 2: D's sigmoid output is passed as logits.


def test_row_02_document_has_floors_under_its_losses():
    logits = tf.constant([-100.0, 100.0])
    passed = tf.sigmoid(logits)
    for label, floor in ((1.0, 0.313262), (0.0, 0.693147)):
        values = run(tf.nn.sigmoid_cross_entropy_with_logits(
            logits=passed, labels=tf.fill([2], label)))
        assert min(values) == pytest.approx(floor, abs=1e-6)
    assert run(tf.sigmoid(passed)) == pytest.approx([0.5, 0.731059], abs=1e-6)


def test_row_02_repair_reaches_zero_and_as_written_keeps_the_floor():
    sure = tf.constant([[100.0]])
    assert run(losses.generator_loss(sure)["generator"]) == 0
    assert run(losses.discriminator_losses(sure, -sure)["discriminator"]) == 0
    written = run(mlp_gan.as_written_losses(sure))
    assert written["generator"] == pytest.approx(0.313262, abs=1e-6)
    assert run(losses.sigmoid_cross_entropy(tf.sigmoid(-sure), 0.0)) == pytest.approx(0.693147)


# Row 3: one loss trains both networks; G eats the images; D never sees a real one.


class Network:
    """One of the documents' functions with what `train_step` asks of it; remembers its calls."""

    def __init__(self, name, function, calls):
        self.name, self.function, self.calls = name, function, calls

    def __call__(self, x):
        with tf.variable_scope(self.name):
            y = self.function(x)
        self.calls.append((self.name, x, y))
        return y

    @property
    def trainable_variables(self):
        return tf.trainable_variables(self.name + "/")

    def apply_gradients(self, pairs):
        self.gradients = [gradient for gradient, _ in pairs]


def test_row_03_document_feeds_images_to_g_and_trains_both_networks_with_one_loss():
    d3 = execute(D3_GAN)
    assert d3.generator(tf.zeros([8, 28, 28])).shape.as_list() == [224, 28, 28]

    calls = []
    g = Network("g", d3.generator, calls)
    d = Network("d", d3.discriminator, calls)
    images, labels = tf.constant(normal(2, 784)), tf.ones([2, 28, 1])
    d3.train_step(images, labels, g, d, g, d)
    (first, eaten, generated), (second, judged, logits) = calls
    assert (first, eaten) == ("g", images)
    assert (second, judged) == ("d", generated)  # and nothing else: no real image

    loss = tf.reduce_mean(
        tf.nn.sigmoid_cross_entropy_with_logits(logits=logits, labels=labels))
    wanted = tf.gradients(loss, g.trainable_variables + d.trainable_variables)
    run(tf.global_variables_initializer())
    for found, expected in run(list(zip(g.gradients + d.gradients, wanted))):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-8)


def test_row_03_repair_shows_d_real_images_and_sets_the_networks_against_each_other():
    program, _ = program_of("mlp_gan")
    by_images = tf.gradients(program.losses["discriminator"], program.inputs["joint/images"])[0]
    feed_dict = {program.inputs["joint/images"]: normal(2, 28, 28),
                 program.inputs["joint/noise"]: normal(2, 100)}
    assert np.all(np.any(run(by_images, feed_dict) != 0, axis=(1, 2)))
    logits = tf.zeros([4, 1])
    assert signs([losses.generator_loss(logits)["generator"],
                  losses.discriminator_losses(logits, logits)["discriminator/generated"]],
                 logits) == [[-1], [1]]


def test_row_03_as_written_keeps_one_loss_without_real_images():
    program, _ = program_of("mlp_gan", variant="as_written")
    assert program.losses["generator"] is program.losses["discriminator"]
    assert sorted(program.inputs) == ["joint/noise", "sample/noise"]
    assert program.inputs["joint/noise"].shape.as_list() == [None, 100]


# Row 4: functions have no variables; each call makes new ones.


def test_row_04_document_asks_a_function_for_variables_and_makes_new_ones_at_each_call():
    d3 = execute(D3_GAN)
    with pytest.raises(AttributeError, match="trainable_variables"):
        d3.train_step(tf.zeros([8, 784]), tf.ones([8, 28, 1]), d3.generator, d3.discriminator,
                      None, None)
    assert len(tf.trainable_variables()) == 16
    d3.discriminator(tf.zeros([8, 784]))
    assert len(tf.trainable_variables()) == 24


def test_row_04_repair_makes_them_once():
    program, _ = program_of("mlp_gan")
    assert len(tf.trainable_variables()) == 16
    real, generated = (program.losses["discriminator/" + part] for part in ("real", "generated"))
    for loss in (real, generated):
        assert None not in tf.gradients(loss, tf.trainable_variables("discriminator/"))
