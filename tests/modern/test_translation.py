"""modern.models.cycle_gan and multimodal_gan: pools, losses, and which network follows which."""

import keras
from modern import training
from modern.image_pool import ImagePool
from modern.layers import InstanceNormalization, ReflectionPadding
from modern.models import cycle_gan, multimodal_gan
from modern.program import phase_inputs
import numpy as np
import pytest
import tensorflow as tf

from groundwork import hyperparameters
from groundwork.data.batches import of_digits
from groundwork.models.translation import Domains, Paths
from tests.support import translation

SMALL = {"image_format": "8x8", "filters": 2, "batch_size": 3}


def test_an_instance_norm_is_of_each_image_and_channel():
    images = np.random.RandomState(0).normal(3, 2, (2, 5, 4, 3))
    layer = InstanceNormalization(dtype="float64")
    np.testing.assert_allclose(layer(images), translation.normalised(images), rtol=1e-9)
    again = InstanceNormalization.from_config(layer.get_config())
    np.testing.assert_array_equal(again(images), layer(images))
    stock = keras.layers.GroupNormalization(-1, epsilon=1e-5, dtype="float64")
    np.testing.assert_allclose(layer(images), stock(images), rtol=1e-9)


def test_maps_go_on_as_their_mirror_image():
    maps = np.arange(24.0).reshape(1, 4, 6, 1)
    layer = ReflectionPadding.from_config(ReflectionPadding(2).get_config())
    np.testing.assert_array_equal(
        np.asarray(layer(maps))[0, :, :, 0], np.pad(maps[0, :, :, 0], 2, mode="reflect"))


def test_a_pool_shows_what_was_there_before_it_takes_the_new():
    layer, pool = ImagePool(4, dtype="float64"), translation.Pool(4)
    for step in translation.pool_steps():
        shown = layer(*(tf.constant(given) for given in step))
        layer(*(tf.constant(given) for given in step))  # an evaluation changes nothing
        np.testing.assert_allclose(shown, pool.shown(step), rtol=1e-12)
        layer.update()
        np.testing.assert_allclose(layer.images.numpy(), pool.images, rtol=1e-12)
    assert ImagePool.from_config(layer.get_config()).size == 4


def test_losses_of_the_cycle():
    hparams = hyperparameters.make("cycle_gan", dict(SMALL, cycle_weight=3.0, identity_weight=2.0))
    given = translation.constants(Domains)
    made = cycle_gan.generator_losses(*given[:4], hparams)
    made.update(cycle_gan.discriminator_losses(*given[4:6]))
    assert {name: float(value) for name, value in made.items()} == pytest.approx(
        translation.CYCLE_LOSSES)


def test_losses_of_both_paths():
    hparams = hyperparameters.make("multimodal_gan", dict(
        SMALL, reconstruction_weight=3.0, latent_weight=2.0, divergence_weight=0.5))
    judged, real, made = [translation.constants(Paths)[number] for number in (0, 1, 2)]
    values = multimodal_gan.generator_losses(
        judged, tf.constant([[1.0]]), made, (tf.constant([[4.0]]), tf.constant([[2.0]])), hparams)
    values.update(multimodal_gan.encoder_losses(
        values, tf.constant([[1.0, 2.0]]), tf.constant([[1.0, 0.5]]), hparams))
    values.update(multimodal_gan.discriminator_losses(real, judged))
    assert {name: float(value) for name, value in values.items()} == pytest.approx(
        translation.PATHS_LOSSES)


@pytest.mark.parametrize("model,build,moved", [
    ("cycle_gan", cycle_gan.program, translation.MOVED_BY_CYCLE),
    ("multimodal_gan", multimodal_gan.program, translation.MOVED_BY_PATHS)])
def test_each_phase_moves_its_networks(model, build, moved):
    blocks = {"residual_blocks": 1} if model == "cycle_gan" else {}
    hparams = hyperparameters.make(model, dict(SMALL, **blocks))
    program = build(hparams, "float32")
    training.initialize(program.model, 1)
    batch = {key: tf.constant(value) for key, value in of_digits(hparams)(1, 1).items()}
    for phase in program.phases:
        before = {v.path: v.numpy() for v in program.model.variables}
        training.run_phase(program, phase, phase_inputs(phase, batch)[0])
        changed = {v.path.split("/")[0] for v in program.model.variables
                   if np.any(v.numpy() != before[v.path])}
        assert changed == moved[phase.name]


def test_the_encoder_does_not_follow_the_loss_of_codes():
    hparams = hyperparameters.make("multimodal_gan", SMALL)
    program = multimodal_gan.program(hparams, "float32")
    inputs = {key.split("/")[1]: tf.constant(value)
              for key, value in of_digits(hparams)(1, 1).items() if key.startswith("generator/")}
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(inputs["noise"])
        losses = program.losses(inputs)
    assert tape.gradient(losses["encoder"], inputs["noise"]) is None
    assert tape.gradient(losses["generator"], inputs["noise"]) is not None
    update = program.phases[0].updates[1]
    assert update.loss == "encoder"
    assert {v.path for v in update.variables} == {
        v.path for v in program.model.encoder.trainable_variables}
