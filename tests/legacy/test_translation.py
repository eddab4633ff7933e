"""legacy.models.cycle_gan and multimodal_gan: pools, losses, and which network follows which."""

from legacy import training  # before TensorFlow: sets how tf.layers is found
from legacy.image_pool import image_pool
from legacy.layers import instance_norm, reflection_pad
from legacy.models import cycle_gan, multimodal_gan
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from groundwork import hyperparameters
from groundwork.data.batches import of_digits
from groundwork.models.translation import Domains, Paths
from tests.support import translation

SMALL = {"image_format": "8x8", "filters": 2, "batch_size": 3}


@pytest.fixture(name="session", autouse=True)
def fixture_session():
    with tf.Graph().as_default():
        with tf.Session() as opened:
            yield opened


def run(fetches, feed_dict=None):
    session = tf.get_default_session()
    session.run(tf.global_variables_initializer())
    return session.run(fetches, feed_dict)


def test_an_instance_norm_is_of_each_image_and_channel():
    images = np.random.RandomState(0).normal(3, 2, (2, 5, 4, 3))
    made = run(instance_norm(tf.constant(images), "norm"))
    np.testing.assert_allclose(made, translation.normalised(images), rtol=1e-9)


def test_maps_go_on_as_their_mirror_image():
    maps = np.arange(24.0).reshape(1, 4, 6, 1)
    padded = run(reflection_pad(tf.constant(maps), 2, "pad"))[0, :, :, 0]
    np.testing.assert_array_equal(padded, np.pad(maps[0, :, :, 0], 2, mode="reflect"))


def test_a_pool_shows_what_was_there_before_it_takes_the_new(session):
    images, reads, writes = [tf.placeholder(tf.float64, shape) for shape in (
        [None, 2, 2], [None, 4], [None, 4])]
    shown, keep = image_pool(images, reads, writes, "pool")
    assignment = keep()
    session.run(tf.global_variables_initializer())
    pool = translation.Pool(4)
    for step in translation.pool_steps():
        feeds = {images: step.images, reads: step.reads, writes: step.writes}
        found, _ = session.run([shown, assignment.op], feeds)
        np.testing.assert_allclose(found, pool.shown(step), rtol=1e-12)
        np.testing.assert_allclose(
            session.run(tf.global_variables()[0]), pool.images, rtol=1e-12)


def test_losses_of_the_cycle():
    hparams = hyperparameters.make("cycle_gan", dict(SMALL, cycle_weight=3.0, identity_weight=2.0))
    given = translation.constants(Domains)
    made = cycle_gan.generator_losses(*given[:4], hparams)
    made.update(cycle_gan.discriminator_losses(*given[4:6]))
    assert run(made) == pytest.approx(translation.CYCLE_LOSSES)


def test_losses_of_both_paths():
    hparams = hyperparameters.make("multimodal_gan", dict(
        SMALL, reconstruction_weight=3.0, latent_weight=2.0, divergence_weight=0.5))
    judged, real, made = [translation.constants(Paths)[number] for number in (0, 1, 2)]
    values = multimodal_gan.generator_losses(
        judged, tf.constant([[1.0]]), made, (tf.constant([[4.0]]), tf.constant([[2.0]])), hparams)
    values.update(multimodal_gan.encoder_losses(
        values, tf.constant([[1.0, 2.0]]), tf.constant([[1.0, 0.5]]), hparams))
    values.update(multimodal_gan.discriminator_losses(real, judged))
    assert run(values) == pytest.approx(translation.PATHS_LOSSES)


@pytest.mark.parametrize("model,build,moved", [
    ("cycle_gan", cycle_gan.program, translation.MOVED_BY_CYCLE),
    ("multimodal_gan", multimodal_gan.program, translation.MOVED_BY_PATHS)])
def test_each_phase_moves_its_networks(model, build, moved, session):
    blocks = {"residual_blocks": 1} if model == "cycle_gan" else {}
    hparams = hyperparameters.make(model, dict(SMALL, **blocks))
    phases = training.make_phases(build(hparams, "float32"))
    training.initialize(session, 1)
    batch, names = of_digits(hparams)(1, 1), {v.op.name: v for v in tf.global_variables()}
    for phase in phases:
        before = session.run(names)
        training.run_step(session, [phase], batch)
        after = session.run(names)
        changed = {name.split("/")[0] for name in before if np.any(before[name] != after[name])}
        assert changed - {"train", "global_step"} == moved[phase.name]


def test_the_encoder_does_not_follow_the_loss_of_codes():
    program = multimodal_gan.program(hyperparameters.make("multimodal_gan", SMALL), "float32")
    noise = [program.inputs["generator/noise"]]
    assert tf.gradients(program.losses["encoder"], noise) == [None]
    assert tf.gradients(program.losses["generator"], noise) != [None]
    update = program.phases[0].updates[1]
    assert update.loss == "encoder"
    assert update.variables == tf.trainable_variables("encoder")
