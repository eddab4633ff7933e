"""Rows 15, 16, 18, 19 and 21 of the ledger: the defects of D1 §4's networks and its training.

The document's code runs eagerly, as its author ran it; the repairs are shown in the left wing.
"""

from legacy import training  # before TensorFlow: sets how tf.layers is found
from legacy.models import dense_gan
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from groundwork import hyperparameters
from groundwork.data.batches import Batches
from tests.errata.d1 import batch_of, networks_of, real_numbers, repaired, step, train_document
from tests.errata.graphs import program_of, run


# Row 15: D expects 100 inputs, G emits 1.


def test_row_15_document_has_a_d_that_cannot_take_what_g_gives(eager):
    d1 = repaired()
    generated = d1.generator_model()(tf.zeros([128, 100]))
    assert generated.shape == (128, 1)
    discriminator = d1.discriminator_model()
    assert [w.shape for w in discriminator.get_weights()] == [(100, 20), (20,), (20, 1), (1,)]
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        discriminator(generated)
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        train_document([16, 18, 21])


def test_row_15_repair_judges_numbers():
    program, _ = program_of("dense_gan")
    assert program.outputs["samples"].shape.as_list() == [None, 1]
    assert [tuple(v.shape.as_list()) for v in tf.trainable_variables("discriminator/")] == [
        (1, 20), (20,), (20, 1), (1,)]
    judged = dense_gan.discriminator(program.outputs["samples"], reuse=True)
    noise = np.ones((8, 100), np.float32)
    assert run(judged, {program.inputs["sample/noise"]: noise}).shape == (8, 1)


# Row 16: one real row of rank 1 a step, and never most of the rows.


class Rows:
    """Real data that remembers which rows were asked for."""

    def __init__(self, count):
        self.numbers, self.asked = real_numbers(count), []

    def __len__(self):
        return len(self.numbers.numpy())

    def __getitem__(self, index):
        self.asked.append(index)
        return self.numbers[index]


def test_row_16_document_takes_one_row_a_step_and_only_the_first_few(eager):
    d1 = repaired([15, 18, 21])
    rows = Rows(512)
    judged = []
    networks = list(networks_of(d1).values())

    class Discriminator:
        trainable_variables = networks[1].trainable_variables

        def __call__(self, numbers, training):
            judged.append(tuple(numbers.shape))
            return networks[1](tf.reshape(numbers, [-1, 1]), training=training)

    d1.train(networks[0], Discriminator(), rows, batch_size=128, epochs=3)
    assert rows.asked == [0, 1, 2, 3] * 3
    assert judged == [(128, 1), (1,)] * 12


def test_row_16_document_fails_on_a_row_of_rank_1_where_keras_does_not_make_a_batch_of_it(eager):
    if tf.__version__.startswith("1."):
        with pytest.raises(tf.errors.InvalidArgumentError, match="not a matrix"):
            train_document([15, 18, 21])
    else:
        assert np.any(train_document([15, 18, 21])["d"][0] != 0)


def test_row_16_repair_takes_batches_of_all_rows(data_of):
    numbered = data_of("dense_gan")._replace(images=np.arange(1797, dtype=np.float32)[:, None])
    batches = Batches(numbered, hyperparameters.make("dense_gan", {}))
    seen = [batches(1, number)["joint/images"] for number in range(1, 15)]  # an epoch
    assert {rows.shape for rows in seen} == {(128, 1)}
    assert len(np.unique(seen)) == 14 * 128
    assert len(np.unique([seen, [batches(1, 14 + n)["joint/images"] for n in range(1, 15)]])) > 1792


# Row 18: one optimiser for two networks.


def test_row_18_document_has_an_optimiser_that_counts_each_step_twice_or_fails(eager, monkeypatch):
    made = []
    optimizers = repaired().tf.keras.optimizers
    kind = optimizers.Adam
    monkeypatch.setattr(optimizers, "Adam",
                        lambda **numbers: made.append(kind(**numbers)) or made[-1])
    if tf.__version__.startswith("1."):
        train_document([15, 16, 21], numbers=3 * 128)
        optimizer, = made
        assert optimizer.iterations.numpy() == 2 * 3
    else:
        with pytest.raises(KeyError, match="cannot recognize variable"):
            train_document([15, 16, 21])
        optimizer, = made
        assert optimizer.iterations.numpy() == 1  # G's update; D's was refused
    made.clear()
    train_document([15, 16, 18, 21], numbers=3 * 128)
    assert [optimizer.iterations.numpy() for optimizer in made] == [3, 3]


def test_row_18_repair_gives_each_network_its_own(data_of):
    program, phases = program_of("dense_gan", variant="as_written")
    generator, discriminator = program.phases[0].updates
    assert generator.optimizer is not discriminator.optimizer
    batch = batch_of(data_of, variant="as_written")
    for _ in range(3):
        training.run_step(tf.get_default_session(), phases, batch)
    powers = run([v for v in tf.global_variables() if v.op.name.endswith("/beta1_power")])
    assert powers == [pytest.approx(0.5 ** 4)] * 2  # 0.5 at the start, and once a step


# Row 19: "在训练过程中，我们使用随机梯度下降（SGD）作为优化器，并对权重进行裁剪" (in training, we
# use SGD as the optimiser and clip the weights), says D1 §4 of a code that does neither.


def test_row_19_document_says_sgd_and_clipping_and_runs_adam_without(eager):
    d1 = repaired([15, 16, 18, 21])
    generator, discriminator = networks_of(d1).values()
    _, bias, output, last = discriminator.get_weights()
    before = [np.linspace(-5, 5, 20, dtype=np.float32)[None], bias, 0.1 * output, last]
    discriminator.set_weights(before)
    d1.train(generator, discriminator, real_numbers(128), batch_size=128, epochs=1)
    after = discriminator.get_weights()
    moved = np.abs(np.concatenate([np.ravel(end - start) for start, end in zip(before, after)]))
    # Adam's first step is the learning rate, whatever the gradient's size.
    np.testing.assert_allclose(moved[moved != 0], 2e-4, rtol=0.02)
    assert np.count_nonzero(moved) > 10
    np.testing.assert_allclose(np.abs(after[0][0, [0, -1]]), 5, atol=3e-4)  # as far out as before


def test_row_19_repair_descends_the_gradient_and_clips_d(data_of):
    _, phases = program_of("dense_gan")
    kernel, = tf.trainable_variables("discriminator/hidden/kernel")
    kernel.load(np.linspace(-3, 3, 20, dtype=np.float32)[None], tf.get_default_session())
    for name, (before, gradient, after) in step(phases, batch_of(data_of)).items():
        moved = before - np.float32(0.05) * gradient
        clipped = np.clip(moved, -1, 1) if name.startswith("discriminator/") else moved
        np.testing.assert_allclose(after, clipped, rtol=1e-5, atol=1e-7, err_msg=name)
        if name == "discriminator/hidden/kernel":
            assert np.count_nonzero(np.abs(after) == 1) == 14  # those that began beyond 1


def test_row_19_as_written_keeps_adam_and_clips_nothing(data_of):
    _, phases = program_of("dense_gan", variant="as_written")
    kernel, = tf.trainable_variables("discriminator/hidden/kernel")
    kernel.load(np.full((1, 20), 3, np.float32), tf.get_default_session())
    for name, (before, gradient, after) in step(
            phases, batch_of(data_of, variant="as_written")).items():
        assert np.any(gradient != 0), name
        first = 2e-4 * gradient / (np.abs(gradient) + 1e-7 / np.sqrt(1 - 0.999))
        np.testing.assert_allclose(before - after, first, rtol=1e-3, atol=5e-7, err_msg=name)
        if name == "discriminator/hidden/kernel":
            assert np.all(after > 2.99)


# Row 21: G is called before the tapes open.


def test_row_21_document_gives_g_no_gradient(eager):
    with pytest.raises(ValueError, match="No gradients provided for any variable"):
        train_document([15, 16, 18])
    for network, moved in train_document([15, 16, 18, 21]).items():
        assert all(np.any(change != 0) for change in moved), network


@pytest.mark.parametrize("variant", ["corrected", "as_written"])
def test_row_21_repair_moves_every_weight(variant, data_of):
    _, phases = program_of("dense_gan", variant=variant)
    moved = step(phases, batch_of(data_of, variant=variant))
    assert len(moved) == 8
    for name, (before, _, after) in moved.items():
        assert np.any(after != before), name
