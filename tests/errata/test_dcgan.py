"""Rows 22 to 24 and 28 of the ledger: defects in D0 §4's DCGAN, and in D2's formulas."""

from legacy import training  # before TensorFlow: sets how tf.layers is found
from legacy.models import dcgan, dcgan_d2
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from groundwork import hyperparameters
from groundwork.data import datasets
from groundwork.data.batches import Batches
from tests.errata.documents import D0, execute
from tests.errata.graphs import run


def dcgan_batches():
    hparams = hyperparameters.make("dcgan", {})
    return Batches(datasets.load("digits", hparams.image_shape), hparams)


# Row 22: Dense(256) is reshaped to 8x8x128.


def test_row_22_document_reshapes_256_numbers_to_8192():
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        images = execute(D0).build_generator(100)(tf.zeros([2, 100]))
        run(tf.global_variables_initializer())
        run(images)


def test_row_22_repair_makes_8192_numbers_and_has_the_parameters_of_the_document_so_mended():
    mended = execute(D0.replace("Dense(256,", "Dense(8 * 8 * 128,")).build_generator(100)
    assert mended.count_params() == 1257411
    assert execute(D0.replace("(8, 8, 128)", "(8, 8, 4)")).build_generator(
        100).count_params() == 170179
    with tf.Graph().as_default():
        images = dcgan.generator(tf.zeros([2, 100]))
        sizes = [int(np.prod(v.shape.as_list())) for v in tf.global_variables()]
    assert images.shape.as_list() == [2, 64, 64, 3]
    assert sum(sizes) == 1257411


def test_row_22_repair_generates_what_the_mended_document_generates():
    mended = execute(D0.replace("Dense(256,", "Dense(8 * 8 * 128,")).build_generator(100)
    z = tf.constant(np.random.RandomState(0).standard_normal((3, 100)), tf.float32)
    expected = mended(z, training=False)
    images = dcgan.generator(z, is_training=False)
    run(tf.global_variables_initializer())
    ours = {v.op.name: v for v in tf.global_variables("generator/")}
    order = ["dense/weights", "dense/biases"]
    for index in (1, 2, 3):
        order += ["norm{}/{}".format(index, leaf) for leaf in (
            "gamma", "beta", "moving_mean", "moving_variance")]
        order += ["deconv{}/{}".format(index, leaf) for leaf in ("weights", "biases")]
    theirs = []
    for layer in mended.layers:
        theirs += layer.weights
    assert len(theirs) == len(order) == len(ours)
    for name, variable in zip(order, theirs):
        ours["generator/" + name].load(run(variable), tf.get_default_session())
    np.testing.assert_allclose(*run([images, expected]), rtol=1e-4, atol=1e-6)


# Row 23: `dataset` is undefined, and no data set has `batches`.


def test_row_23_document_names_no_data_set_and_a_method_that_none_has():
    with pytest.raises(NameError, match="dataset"):
        execute(D0, batch_size=32).training()
    dataset = tf.data.Dataset.from_tensor_slices(np.zeros([2, 64, 64, 3], np.float32))
    with pytest.raises(AttributeError, match="batches"):
        execute(D0, batch_size=32, dataset=dataset).training()


def test_row_23_repair_gives_shuffled_batches_of_colour_images():
    batches = dcgan_batches()
    images = batches(1, 1)["joint/images"]
    assert images.shape == (32, 64, 64, 3)
    assert -1 <= images.min() < images.max() <= 1
    again = batches(1, 1 + batches.steps_per_epoch)["joint/images"]
    assert not np.array_equal(images, again)  # another order in the next epoch


# Row 24: the last, shorter batch still meets batch_size noises.


class Network:
    """What `train_step` asks of a network; remembers the rows that it is given."""

    trainable_variables = ()

    def __init__(self, name, rows):
        self.name, self.rows = name, rows

    def __call__(self, x, training):
        assert training
        self.rows.append((self.name, x.shape.as_list()[0]))
        return tf.zeros([x.shape.as_list()[0], 1])


class Optimizer:
    """Applies nothing."""

    def apply_gradients(self, pairs):
        assert list(pairs) == []


def test_row_24_document_sets_32_generated_images_against_the_5_that_are_left():
    rows = []
    step = execute(
        D0, batch_size=32, z_dim=100,
        generator=Network("g", rows), discriminator=Network("d", rows),
        generator_optimizer=Optimizer(), discriminator_optimizer=Optimizer()).train_step
    step(tf.zeros([1797 % 32, 64, 64, 3]))
    assert rows[:3] == [("g", 32), ("d", 5), ("d", 32)]


def test_row_24_repair_drops_what_does_not_fill_a_batch():
    batches = dcgan_batches()
    assert batches.steps_per_epoch == 1797 // 32
    for step in (1, batches.steps_per_epoch, batches.steps_per_epoch + 1):
        batch = batches(1, step)
        assert len(batch["joint/images"]) == len(batch["joint/noise"]) == 32


# Row 28: D2's statements and formulas.


def test_row_28_document_puts_softmax_on_one_output_which_is_always_1():
    logits = tf.constant([[-3.0], [0.0], [5.0]])
    judged = tf.nn.softmax(logits)
    assert run(judged).tolist() == [[1.0], [1.0], [1.0]]
    assert run(tf.gradients(tf.log(judged), logits)[0]).tolist() == [[0.0], [0.0], [0.0]]


def test_row_28_repair_has_an_output_for_each_class():
    seed = tf.constant([1, 2])
    logits = dcgan_d2.discriminator(tf.zeros([3, 64, 64, 3]), 0.3, seed)
    assert logits.shape.as_list() == [3, 2]
    verdicts = tf.constant([[-3.0, 1.0], [0.0, 0.0]])
    loss = tf.reduce_mean(dcgan.cross_entropies(verdicts, 1))
    assert np.all(run(tf.gradients(loss, verdicts)[0]) != 0)


def test_row_28_document_ends_the_generator_in_relu_which_reaches_no_dark_pixel():
    images = datasets.scaled(datasets.load("digits").images)
    assert (images < 0).mean() > 0.5
    assert run(tf.nn.relu(tf.constant([-2.0, -0.1, 0.5]))).min() == 0


@pytest.mark.parametrize("networks", [dcgan, dcgan_d2])
def test_row_28_repair_ends_it_in_tanh(networks):
    images = networks.generator(tf.random_normal([4, 100], seed=1))
    run(tf.global_variables_initializer())
    values = run(images)
    assert -1 <= values.min() < 0 < values.max() <= 1


def test_row_28_document_says_that_the_networks_share_parameters():
    program = dcgan.program(hyperparameters.make("dcgan", {"architecture": "d2"}), "float32")
    training.make_phases(program)
    (phase,) = program.phases
    generator, discriminator = [{v.op.name for v in update.variables} for update in phase.updates]
    assert generator and discriminator
    assert not generator & discriminator


def test_row_28_document_says_that_d_gets_better_with_g_and_the_best_d_becomes_a_coin():
    """D* = p_data / (p_data + p_G) (Goodfellow et al. 2014, proposition 1)."""
    data = np.array([0.7, 0.2, 0.1])
    right = []
    for share in (0.0, 0.5, 1.0):  # p_G comes nearer to p_data
        generated = share * data + (1 - share) * data[::-1]
        best = data / (data + generated)
        right.append(0.5 * np.sum(data * (best > 0.5)) + 0.5 * np.sum(generated * (best <= 0.5)))
    assert right[0] > right[1] > right[2] == pytest.approx(0.5)
    np.testing.assert_allclose(best, 0.5)
