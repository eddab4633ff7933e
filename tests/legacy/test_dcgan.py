"""legacy.models.dcgan: convolutional networks, dropout by seed, moving averages, D2's losses."""

import hashlib

from legacy import training  # before TensorFlow: sets how tf.layers is found
from legacy import layers
from legacy.models import dcgan
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from groundwork import hyperparameters
from groundwork.data.batches import of_digits, sample_batch

DTYPES = ("float32", "float64")
# Of steps: the golden file of every test run holds float64.
OF_STEPS = ("float32", pytest.param("float64", marks=pytest.mark.slow))
# Bits of `layers.dropout`'s mask for 10,000 units at rate 0.3 from seed (3, 4): those of
# TensorFlow 1.15.5, which the modern wing's test holds, too.
MASK = "5fdad731c781d1c387b1b8295a8775052a6063545483e9ff787fa259509d2dc7"
D0_SHAPES = {
    "generator/dense/weights": (100, 8192), "generator/dense/biases": (8192,),
    "generator/deconv1/weights": (4, 4, 128, 128), "generator/deconv1/biases": (128,),
    "generator/deconv2/weights": (4, 4, 64, 128), "generator/deconv2/biases": (64,),
    "generator/deconv3/weights": (4, 4, 3, 64), "generator/deconv3/biases": (3,),
    "discriminator/conv1/weights": (4, 4, 3, 64), "discriminator/conv1/biases": (64,),
    "discriminator/conv2/weights": (4, 4, 64, 128), "discriminator/conv2/biases": (128,),
    "discriminator/logits/weights": (32768, 1), "discriminator/logits/biases": (1,),
}
for _layer, _size in (("norm1", 8192), ("norm2", 128), ("norm3", 64)):
    for _leaf in ("gamma", "beta", "moving_mean", "moving_variance"):
        D0_SHAPES["generator/{}/{}".format(_layer, _leaf)] = (_size,)


def build(dtype="float32", **flags):
    hparams = hyperparameters.make("dcgan", dict({"batch_size": 4}, **flags))
    return hparams, dcgan.program(hparams, dtype)


def cast(batch, dtype):
    return {key: value.astype(dtype) if value.dtype.kind == "f" else value
            for key, value in batch.items()}


def normal(*shape):
    return np.random.RandomState(0).standard_normal(shape)


@pytest.mark.parametrize("dtype", DTYPES)
def test_variables_have_the_widths_of_the_document(dtype):
    with tf.Graph().as_default():
        build(dtype)
        variables = tf.global_variables()
        moving = {v.op.name for v in variables} - {v.op.name for v in tf.trainable_variables()}
    assert {v.op.name: tuple(v.shape.as_list()) for v in variables} == D0_SHAPES
    assert {v.dtype.base_dtype.name for v in variables} == {dtype}
    assert moving == {name for name in D0_SHAPES if "/moving_" in name}


@pytest.mark.parametrize("architecture,trained,moving", [
    # With its moving averages, as Keras counts, G has 1,257,411.
    ("d0", {"generator": 1240643, "discriminator": 167105}, 16768),
    ("d2", {"generator": 673123, "discriminator": 737306}, 832),
])
def test_parameter_counts(architecture, trained, moving):
    with tf.Graph().as_default():
        build(architecture=architecture)
        sizes = {v.op.name: int(np.prod(v.shape.as_list())) for v in tf.trainable_variables()}
        total = sum(int(np.prod(v.shape.as_list())) for v in tf.global_variables())
    counts = {network: sum(size for name, size in sizes.items() if name.startswith(network))
              for network in trained}
    assert counts == trained
    assert total - sum(counts.values()) == moving


def test_d2_has_the_layers_that_the_document_counts():
    with tf.Graph().as_default():
        build(architecture="d2")
        kernels = [v.op.name for v in tf.trainable_variables() if v.op.name.endswith("/weights")]
    for network, output in (("generator", "output"), ("discriminator", "logits")):
        names = [name.split("/")[1] for name in kernels if name.startswith(network)]
        assert sorted(names) == ["conv1", "conv2", "conv3", "conv4", "deconv1", "deconv2",
                                 "deconv3", "dense1", "dense2", output]


@pytest.mark.parametrize("architecture,outputs", [
    ("d0", 1), pytest.param("d2", 2, marks=pytest.mark.slow)])
@pytest.mark.parametrize("dtype", OF_STEPS)
def test_shapes_and_dtypes_of_a_step_and_of_samples(architecture, outputs, dtype):
    with tf.Graph().as_default() as graph:
        hparams, program = build(dtype, architecture=architecture)
        for use in ("discriminator", "discriminator_1"):
            logits = graph.get_tensor_by_name(use + "/logits/BiasAdd:0")
            assert logits.shape.as_list() == [None, outputs]
        phases = training.make_phases(program)
        with tf.Session() as session:
            training.initialize(session, 1)
            losses = training.run_step(session, phases, cast(of_digits(hparams)(1, 1), dtype))
            samples = training.sample(session, program, sample_batch(hparams, 1, dtype))
    assert list(losses) == ["joint"]
    assert sorted(losses["joint"]) == [
        "discriminator", "discriminator/generated", "discriminator/real", "generator"]
    assert {value.dtype.name for value in losses["joint"].values()} == {dtype}
    assert all(0.2 < value < 3 for value in losses["joint"].values())
    assert (samples.shape, samples.dtype.name) == ((64, 64, 64, 3), dtype)
    assert np.abs(samples).max() < 1
    assert np.std(samples, axis=0).max() > 0


def dropped(rate, seed, dtype="float32", shape=(100, 100)):
    with tf.Graph().as_default(), tf.Session() as session:
        net = tf.constant(normal(*shape), dtype)
        out = layers.dropout(net, rate, tf.constant(seed, tf.int32))
        return session.run([net, out])


@pytest.mark.parametrize("dtype", DTYPES)
def test_dropout_keeps_a_share_and_scales_it(dtype):
    before, after = dropped(0.3, (3, 4), dtype)
    kept = after != 0
    assert after.dtype == dtype
    assert abs(kept.mean() - 0.7) < 5 * np.sqrt(0.3 * 0.7 / kept.size)
    np.testing.assert_allclose(after[kept], before[kept] / 0.7, rtol=1e-6)
    assert hashlib.sha256(np.packbits(kept).tobytes()).hexdigest() == MASK


def test_dropout_of_rate_0_changes_nothing():
    before, after = dropped(0.0, (3, 4))
    np.testing.assert_array_equal(before, after)


def test_every_part_of_the_seed_makes_another_mask():
    masks = [(dropped(0.3, seed)[1] != 0).tobytes() for seed in ((3, 4), (4, 4), (3, 5))]
    assert len(set(masks)) == 3


@pytest.mark.parametrize("architecture,count", [("d0", 2), ("d2", 4)])
def test_real_and_generated_images_and_each_layer_have_masks_of_their_own(architecture, count):
    with tf.Graph().as_default() as graph:
        hparams, program = build(architecture=architecture)
        seeds = [graph.get_tensor_by_name("{}/dropout{}/add:0".format(use, index + 1))
                 for use in ("discriminator", "discriminator_1") for index in range(count)]
        with tf.Session() as session:
            found = session.run(seeds, {program.inputs["joint/mask_seed"]: [10, 20]})
    assert len({tuple(seed) for seed in found}) == 2 * count
    assert tuple(found[0]) == (10, 20)


def norms(session, graph, feed):
    """`{layer: what its batch norm is given}`, [rows, features]."""
    tensors = {"norm1": "generator/dense/LeakyRelu:0", "norm2": "generator/deconv1/LeakyRelu:0",
               "norm3": "generator/deconv2/LeakyRelu:0"}
    found = session.run({layer: graph.get_tensor_by_name(name)
                         for layer, name in tensors.items()}, feed)
    return {layer: value.reshape(-1, value.shape[-1]).astype(np.float64)
            for layer, value in found.items()}


@pytest.mark.parametrize("phases", [
    pytest.param("simultaneous", marks=pytest.mark.slow), "alternating"])
@pytest.mark.parametrize("dtype", OF_STEPS)
def test_moving_averages_follow_the_batch_that_every_phase_saw(dtype, phases):
    with tf.Graph().as_default() as graph:
        hparams, program = build(dtype, phases=phases)
        ops = training.make_phases(program)
        batch = cast(of_digits(hparams)(1, 1), dtype)
        with tf.Session() as session:
            training.initialize(session, 1)
            mean, variance = {}, {}
            for phase in ops:
                feed = {placeholder: batch[key] for key, placeholder in phase.feeds[0][0].items()}
                for layer, values in norms(session, graph, feed).items():
                    # The fused kernel, which is float32's, takes the population's variance.
                    spread = values.var(axis=0, ddof=1 if dtype == "float32" else 0)
                    mean[layer] = 0.8 * mean.get(layer, 0) + 0.2 * values.mean(axis=0)
                    variance[layer] = 0.8 * variance.get(layer, 1) + 0.2 * spread
                session.run(phase.train_op, feed)
            found = session.run({v.op.name: v for v in tf.global_variables()})
    tolerance = 2e-5 if dtype == "float32" else 1e-12
    for layer in ("norm1", "norm2", "norm3"):
        for leaf, expected in (("mean", mean), ("variance", variance)):
            np.testing.assert_allclose(
                found["generator/{}/moving_{}".format(layer, leaf)], expected[layer],
                rtol=tolerance, atol=tolerance / 10)


@pytest.mark.parametrize("dtype", OF_STEPS)
def test_samples_are_normalised_by_the_moving_averages(dtype):
    """So an image does not depend on what it is sampled with."""
    with tf.Graph().as_default():
        hparams, program = build(dtype)
        phases = training.make_phases(program)
        with tf.Session() as session:
            training.initialize(session, 1)
            training.run_step(session, phases, cast(of_digits(hparams)(1, 1), dtype))
            noise = normal(6, 100).astype(dtype)
            feed = program.inputs["sample/noise"]
            together = session.run(program.outputs["samples"], {feed: noise})
            alone = session.run(program.outputs["samples"], {feed: noise[:1]})
    np.testing.assert_allclose(together[:1], alone, rtol=1e-5, atol=1e-6)


def value(tensor):
    with tf.Session() as session:
        return session.run(tensor)


def test_two_logits_are_judged_by_softmax():
    logits = normal(6, 2)
    log_softmax = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    with tf.Graph().as_default():
        for label in (0, 1):
            np.testing.assert_allclose(
                value(dcgan.cross_entropies(tf.constant(logits), label)), -log_softmax[:, label])
        np.testing.assert_array_equal(
            value(dcgan.judged_real(tf.constant(logits))), logits[:, 1] > logits[:, 0])


def test_one_logit_is_judged_by_sigmoid():
    logits = normal(6, 1)
    with tf.Graph().as_default():
        for label, sign in ((0, 1), (1, -1)):
            np.testing.assert_allclose(value(dcgan.cross_entropies(tf.constant(logits), label)),
                                       np.logaddexp(0, sign * logits[:, 0]))
        np.testing.assert_array_equal(
            value(dcgan.judged_real(tf.constant(logits))), logits[:, 0] > 0)


@pytest.mark.parametrize("logits", [[[2.0], [-1.0], [0.5], [0.0]], [[-1.0], [-2.0], [0.0], [-3.0]]])
def test_gat_is_the_mean_over_the_misjudged_and_0_of_none(logits):
    misjudged = [row[0] for row in logits if row[0] > 0]
    expected = np.mean(np.logaddexp(0, -np.array(misjudged))) if misjudged else 0.0
    with tf.Graph().as_default():
        tensor = tf.constant(logits, tf.float64)
        loss = dcgan.generator_loss(tensor, "gat")["generator"]
        gradient, = tf.gradients(loss, tensor)
        assert value(loss) == pytest.approx(expected)
        found = value(gradient)
    assert np.all(np.isfinite(found))
    assert (found[:, 0] != 0).tolist() == [row[0] > 0 for row in logits]
