"""Rows 17 and 20 of the ledger: the defects of D1's losses and gradients, and what stands here."""

from legacy import losses, training  # before TensorFlow: sets how tf.layers is found
from legacy.models import dense_gan
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from tests.errata.d1 import batch_of, networks_of, real_numbers, repaired
from tests.errata.documents import D1
from tests.errata.graphs import program_of, run, sigmoid, softplus


def document_losses(real_probability, generated_probability):
    """(gen_loss, disc_loss) by the document's own two lines."""
    lines = [line.strip() for line in D1.splitlines() if "_loss = -" in line]
    assert len(lines) == 2
    names = {"tf": tf, "real_probability": real_probability,
             "generated_probability": generated_probability}
    exec("\n".join(lines), names)
    return names["gen_loss"], names["disc_loss"]


# Row 17: the generated term of D's loss has its sign reversed.

REAL = np.array([[-2.0], [0.5], [3.0]], np.float32)
GENERATED = np.array([[1.5], [-0.25], [-4.0]], np.float32)


def test_row_17_document_sends_d_of_generated_numbers_to_one_and_its_loss_to_minus_infinity():
    real, generated = tf.constant(REAL), tf.constant(GENERATED)
    gen_loss, disc_loss = document_losses(tf.sigmoid(real), tf.sigmoid(generated))
    found = run([gen_loss, disc_loss])
    np.testing.assert_allclose(
        found, [softplus(-GENERATED).mean(), softplus(-REAL).mean() - softplus(GENERATED).mean()],
        rtol=1e-5)
    slopes = run(tf.gradients(disc_loss, [real, generated]))
    # Descent raises both: D learns to call everything real.
    np.testing.assert_allclose(slopes, [(sigmoid(REAL) - 1) / 3, -sigmoid(GENERATED) / 3],
                               rtol=1e-4)

    def loss_at(logit):
        sure = tf.sigmoid(tf.constant([[logit]]))
        return run(document_losses(sure, sure)[1])

    for logit in (5.0, 10.0, 15.0):
        assert loss_at(logit) == pytest.approx(-logit, abs=0.2)
    assert loss_at(20.0) == -np.inf


def test_row_17_document_trains_d_to_call_generated_numbers_real(eager):
    d1 = repaired([15, 16, 18, 21])
    generator, discriminator = networks_of(d1).values()
    generated = generator(np.random.RandomState(0).standard_normal((256, 100)).astype("float32"))
    before = discriminator(generated).numpy().mean()
    d1.train(generator, discriminator, real_numbers(128), batch_size=128, epochs=60)
    assert discriminator(generated).numpy().mean() > before + 0.002


def test_row_17_repair_tells_real_from_generated_and_as_written_keeps_the_sign():
    real, generated = tf.constant(REAL), tf.constant(GENERATED)
    repaired = losses.discriminator_losses(real, generated)["discriminator"]
    slopes = run(tf.gradients(repaired, [real, generated]))
    np.testing.assert_allclose(slopes, [(sigmoid(REAL) - 1) / 3, sigmoid(GENERATED) / 3],
                               rtol=1e-5)
    sure = tf.constant([[20.0], [1000.0]])
    assert run(losses.discriminator_losses(sure, sure)["discriminator"]) == pytest.approx(510)

    written = dict(dense_gan.as_written_generator_loss(generated),
                   **dense_gan.as_written_discriminator_losses(real, generated))
    assert (run((written["generator"], written["discriminator"]))
            == run(document_losses(tf.sigmoid(real), tf.sigmoid(generated))))


def test_row_17_as_written_becomes_infinite_once_d_is_sure(data_of):
    _, phases = program_of("dense_gan", variant="as_written")
    bias, = tf.trainable_variables("discriminator/logits/bias")
    batch = batch_of(data_of, variant="as_written")
    session = tf.get_default_session()
    bias.load([10.0], session)
    assert -11 < training.run_step(session, phases, batch)["joint"]["discriminator"] < -8
    bias.load([30.0], session)
    assert training.run_step(session, phases, batch)["joint"]["discriminator"] == -np.inf


# Row 20: section 3.2.2's L_D is the game's value without a minus; the printed gradient is none.

P_DATA, P_G = np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.2, 0.7])


def value(d):
    """D1 §3.2.2's L_D on three points, where D is `d`."""
    return np.sum(P_DATA * np.log(d)) + np.sum(P_G * np.log(1 - d))


def printed_gradient(d):
    """D1 §3.2.3's derivative of L_D by D, as printed."""
    return (np.sum(P_DATA[:, None] * P_G * (np.log(d)[:, None] - np.log(1 - d)))
            + np.sum(P_G * np.log(1 - d)))


def differences(function, d, width=1e-6):
    return np.array([(function(d + unit) - function(d - unit)) / (2 * width)
                     for unit in width * np.eye(len(d))])


def test_row_20_document_has_a_loss_without_lower_bound_that_d_would_descend():
    at = np.array([0.2, 0.5, 0.8])
    for sure in (1e-3, 1e-6, 1e-9):  # wrong about both: the better, the lower L_D
        wrong = np.array([sure, 0.5, 1 - sure])
        assert value(wrong) < value(at)
        assert value(wrong) == pytest.approx(
            P_DATA[0] * np.log(sure) + P_G[2] * np.log(sure), abs=2)
    best = P_DATA / (P_DATA + P_G)  # the optimal D has the highest L_D, not the lowest
    assert value(best) > max(value(at), value(0.99 * best), value(1 - 0.99 * (1 - best)))


def test_row_20_document_prints_a_gradient_that_is_not_the_gradient():
    d = np.array([0.2, 0.5, 0.8])
    true = P_DATA / d - P_G / (1 - d)
    np.testing.assert_allclose(differences(value, d), true, rtol=1e-6)
    printed = printed_gradient(d)
    # One number where there are three, and it is E[log D(x)]: the other terms cancel.
    assert printed == pytest.approx(np.sum(P_DATA * np.log(d)))
    assert np.all(np.abs(printed - true) > 0.1)
    best = P_DATA / (P_DATA + P_G)
    np.testing.assert_allclose(differences(value, best), 0, atol=1e-8)
    assert printed_gradient(best) < -0.4


def test_row_20_document_contradicts_itself_on_what_g_minimises():
    """L_G = -L_D and "G minimises L_D": the derivatives by D(G(z)) have opposite signs."""
    d = np.array([0.2, 0.5, 0.8])
    by_generated = differences(lambda g: np.sum(P_G * np.log(1 - g)), d)
    assert np.all(by_generated < 0)  # minimising L_D raises D(G(z)), minimising -L_D lowers it


def test_row_20_repair_descends_minus_the_value():
    logits = np.array([-1.5, 0.25, 2.0], np.float32)
    real, generated = tf.constant(logits[:, None]), tf.constant(logits[::-1, None].copy())
    loss = losses.discriminator_losses(real, generated)["discriminator"]
    d_real, d_generated = sigmoid(logits), sigmoid(logits[::-1])
    assert run(loss) == pytest.approx(
        -np.mean(np.log(d_real)) - np.mean(np.log(1 - d_generated)), rel=1e-5)
    by_real, by_generated = run(tf.gradients(loss, [real, generated]))
    chain_real, chain_generated = d_real * (1 - d_real), d_generated * (1 - d_generated)
    np.testing.assert_allclose(by_real[:, 0], -chain_real / d_real / 3, rtol=1e-5)
    np.testing.assert_allclose(
        by_generated[:, 0], chain_generated / (1 - d_generated) / 3, rtol=1e-5)
