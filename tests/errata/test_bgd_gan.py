"""Rows 10 to 14 of the ledger: the defects of D4's GAN, and what stands here instead."""

from legacy import losses, training  # before TensorFlow: sets how tf.layers is found
from legacy.models import bgd_gan
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from groundwork import hyperparameters
from groundwork.data import datasets
from groundwork.data.batches import Batches
from tests.errata.documents import D4, execute
from tests.errata.graphs import normal, program_of, run, shapes, signs, softplus


# Row 10: a tensor has no method reshape.


def test_row_10_document_reshapes_as_numpy_does():
    with pytest.raises(AttributeError, match="reshape"):
        execute(D4).discriminator(tf.zeros([8, 28, 28]))


def test_row_10_repair_flattens():
    assert bgd_gan.discriminator(tf.zeros([8, 28, 28])).shape.as_list() == [8, 1]
    assert shapes(tf.trainable_variables())[0] == (784, 128)


# Row 11: G(z) stands in the real slot, an all-ones image in the generated one.


def test_row_11_document_has_one_loss_four_times_and_no_real_image():
    d4 = execute(D4)
    z = tf.constant(normal(3, 784))

    def generator(noise):
        return tf.reshape(noise, [-1, 28, 28])

    def discriminator(image):
        return tf.sigmoid(tf.reduce_mean(image, axis=[1, 2]))

    values = run(d4.loss_generator(discriminator, generator, z)
                 + d4.loss_discriminator(discriminator, generator, z))
    generated = normal(3, 784).mean(axis=1)
    expected = np.mean(softplus(-generated) + softplus(1.0))
    np.testing.assert_allclose(values, [expected] * 4, rtol=1e-5)


def test_row_11_repair_takes_real_images_and_sets_the_networks_against_each_other():
    program, _ = program_of("bgd_gan")
    images = program.inputs["discriminator/images"]
    assert tf.gradients(program.losses["discriminator"], images) != [None]
    logits = tf.zeros([4, 1])
    real = tf.ones([4, 1])
    losses_ = losses.discriminator_losses(real, logits)
    assert signs([bgd_gan.generator_loss(logits)["generator"], losses_["discriminator"]],
                 logits) == [[-1], [1]]
    assert signs([losses_["discriminator"], losses_["discriminator/real"]], real) == [[-1], [-1]]


def test_row_11_as_written_keeps_the_documents_loss():
    generated, ones = normal(3, 1), normal(4, 1)[1:]
    values = run(bgd_gan.as_written_losses(tf.constant(generated), tf.constant(ones)))
    expected = np.mean(softplus(-generated) + softplus(ones))
    assert values == {"generator": pytest.approx(expected, rel=1e-5),
                      "discriminator": pytest.approx(expected, rel=1e-5)}
    program, _ = program_of("bgd_gan", variant="as_written")
    assert not [key for key in program.inputs if key.endswith("images")]


# Row 12: train has no optimiser, never calls the losses, and they never reuse.


def test_row_12_document_trains_nothing():
    with pytest.raises(NameError, match="train_steps"):
        execute(D4).train(None, None, None, 1, 2)
    with pytest.raises(UnboundLocalError, match="G_loss"):
        execute(D4, train_steps=1).train(None, None, None, 1, 2)
    with pytest.raises(TypeError, match="unhashable"):
        hash(np.zeros([2, 100]))  # the key in its feed_dict
    assert tf.global_variables() == []


def test_row_12_document_makes_its_variables_twice():
    d4 = execute(D4.replace("image.reshape([-1, 784])", "tf.reshape(image, [-1, 784])"))
    with pytest.raises(ValueError, match="generator/dense/kernel already exists"):
        d4.loss_generator(d4.discriminator, d4.generator, tf.zeros([2, 100]))


def test_row_12_repair_moves_every_weight(digits):
    hparams = hyperparameters.make("bgd_gan", {"batch_size": 32})
    _, phases = program_of("bgd_gan")
    variables = {v.op.name: v for v in tf.trainable_variables()}
    before = run(variables)
    training.run_step(tf.get_default_session(), phases, Batches(digits, hparams)(1, 1))
    after = run(variables)
    assert len(after) == 12
    for name, value in after.items():
        assert np.any(value != before[name]), name


# Row 13: "batch" gradient descent draws a mini-batch.


def test_row_13_document_draws_a_mini_batch_for_each_phase():
    drawn = []
    fetched = "sess.run([G_loss, D_loss_real, D_loss_fake], feed_dict={z: z})"
    assert D4.count(fetched) == 2
    source = D4.replace(fetched, "drawn.append(z) or (0, 0, 0)")
    execute(source, train_steps=2, drawn=drawn).train(None, None, None, epochs=1, batch_size=16)
    assert [z.shape for z in drawn] == [(16, 100)] * 4
    assert len({z.tobytes() for z in drawn}) == 4


def test_row_13_repair_takes_the_whole_data_set_at_every_step(digits):
    batches = Batches(digits, hyperparameters.make("bgd_gan", {}))
    assert batches.batch_size == 1797
    for step in (1, 2):
        batch = batches(1, step)
        np.testing.assert_array_equal(
            batch["discriminator/images"], datasets.scaled(digits.images))
        assert batch["generator/noise"].shape == batch["discriminator/noise"].shape == (1797, 100)
        assert np.any(batch["generator/noise"] != batch["discriminator/noise"])


def test_row_13_as_written_keeps_the_mini_batch(digits):
    batches = Batches(digits, hyperparameters.make("bgd_gan", {"variant": "as_written"}))
    batch = batches(1, 1)
    assert {key: value.shape for key, value in batch.items()} == {
        "generator/noise": (64, 100), "discriminator/noise": (64, 100)}


# Row 14: the signs of section 3.1, and logs without a floor.


def document_losses(real, generated):
    """L_G and L_D of D4 §3.1, as printed, of D's logits."""
    of_real = tf.reduce_mean(tf.log(tf.sigmoid(real)))
    of_generated = tf.reduce_mean(tf.log(1 - tf.sigmoid(generated)))
    return -of_real - of_generated, -of_real + of_generated


def test_row_14_document_descends_the_wrong_way_and_becomes_infinite():
    logits = tf.zeros([4, 1])
    # G - eta grad lowers D(G(z)); D - eta grad raises it.
    assert signs(document_losses(tf.ones([4, 1]), logits), logits) == [[1], [-1]]
    sure = tf.constant([[20.0]])
    assert run(document_losses(sure, sure)[1]) == -np.inf
    assert run(document_losses(-200 * sure, sure)[0]) == np.inf


def test_row_14_repair_descends_the_standard_game_and_stays_finite():
    for logit in (-1000.0, -20.0, 0.0, 20.0, 1000.0):
        logits = tf.fill([4, 1], logit)
        generator = bgd_gan.generator_loss(logits)["generator"]
        discriminator = losses.discriminator_losses(logits, logits)["discriminator"]
        np.testing.assert_allclose(
            run([generator, discriminator]),
            [-softplus(logit), softplus(-logit) + softplus(logit)], rtol=1e-5, atol=1e-8)
    logits = tf.zeros([4, 1])
    assert signs([bgd_gan.generator_loss(logits)["generator"],
                  losses.discriminator_losses(tf.ones([4, 1]), logits)["discriminator"]],
                 logits) == [[-1], [1]]


def test_row_14_as_written_keeps_logs_without_a_floor():
    sure = tf.constant([[200.0]])
    assert run(bgd_gan.as_written_losses(-sure, -sure)["generator"]) == np.inf
