"""Rows 5 to 9 of the ledger: the defects of D3 §4.2's VAE, and what stands here instead."""

from legacy.models import vae  # before TensorFlow: sets how tf.layers is found
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from tests.errata.documents import D3_VAE, execute
from tests.errata.graphs import normal, program_of, run, softplus


# Row 5: z_dim, x_dim and batch_size are undefined.


def test_row_05_document_leaves_names_undefined():
    d3 = execute(D3_VAE)
    x, z = tf.zeros([8, 784]), tf.zeros([8, 20])
    with pytest.raises(NameError, match="z_dim"):
        d3.encoder(x)
    with pytest.raises(NameError, match="x_dim"):
        d3.decoder(z)
    with pytest.raises(NameError, match="batch_size"):
        d3.variational_loss(x, x, z, z)


def test_row_05_repair_takes_them_from_the_hyper_parameters():
    for head in vae.encoder(tf.zeros([8, 784]), 3):
        assert head.shape.as_list() == [8, 3]
    assert vae.decoder(tf.zeros([8, 3])).shape.as_list() == [8, 784]


# Row 6: epsilon has x_dim columns; with z_dim, expand_dims still gives [B*B, x_dim].


def test_row_06_document_multiplies_shapes_that_do_not_fit():
    d3 = execute(D3_VAE, z_dim=20, x_dim=784, batch_size=8)
    x = tf.zeros([8, 784])
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        z_mean, z_log_var = d3.encoder(x)
        loss = d3.variational_loss(x, x, z_mean, z_log_var)
        run(tf.global_variables_initializer())
        run(loss)


def test_row_06_document_with_z_dim_still_decodes_every_pair_of_the_batch():
    source = D3_VAE.replace("[batch_size, x_dim]", "[batch_size, z_dim]")
    d3 = execute(source, z_dim=20, x_dim=784, batch_size=8)
    decoded = []
    names = d3.variational_loss.__globals__
    names["decoder"] = lambda z: decoded.append(d3.decoder(z)) or decoded[0][0]
    d3.variational_loss(tf.zeros([8, 784]), None, tf.zeros([8, 20]), tf.zeros([8, 20]))
    assert decoded[0].shape.as_list() == [8, 8, 784]  # reshaped to [64, 784] beside x [8, 784]


def test_row_06_repair_decodes_each_example_once():
    program, _ = program_of("vae")
    feed_dict = {program.inputs["vae/images"]: normal(8, 784),
                 program.inputs["vae/epsilon"]: normal(8, 20)}
    graph = tf.get_default_graph()
    z, decoded = run([graph.get_tensor_by_name("z/add:0"),
                      graph.get_tensor_by_name("decoder/output/BiasAdd:0")], feed_dict)
    assert z.shape == (8, 20)
    assert decoded.shape == (8, 784)


# Row 7: softplus(z_log_var) is the standard deviation, but the KL term is linear in z_log_var.

MEAN, LOG_VAR = 2 * normal(6, 4), 3 * normal(7, 4)[1:]


def document_divergence(z_mean, z_log_var):
    """The document's KL term alone: the decoder returns x, so that no squared error is left."""
    x = tf.zeros([len(z_mean), z_mean.shape[1]])
    d3 = execute(D3_VAE, z_dim=4, batch_size=len(z_mean))
    d3.variational_loss.__globals__["decoder"] = lambda z: x
    return run(d3.variational_loss(x, None, tf.constant(z_mean), tf.constant(z_log_var)))


def true_divergence(mean, stddev):
    """KL(N(mean, stddev^2) || N(0, 1))."""
    return np.sum(0.5 * (mean ** 2 + stddev ** 2 - 1) - np.log(stddev), axis=1)


def test_row_07_document_has_a_divergence_that_is_linear_in_log_var_and_unbounded_below():
    found = document_divergence(MEAN, LOG_VAR)
    np.testing.assert_allclose(
        found, 0.5 * np.sum(MEAN ** 2 + LOG_VAR - 1, axis=1), rtol=1e-5, atol=1e-4)
    assert np.max(np.abs(found - true_divergence(MEAN, softplus(LOG_VAR)))) > 1
    far = np.full((1, 4), -1e6, np.float32)
    assert document_divergence(0 * far, far) == pytest.approx([-2e6], rel=1e-5)


def test_row_07_repair_is_the_divergence_of_the_gaussian_in_use():
    stddev = softplus(LOG_VAR)
    found = run(vae.corrected_divergence(
        tf.constant(MEAN), tf.nn.softplus(tf.constant(LOG_VAR))))
    np.testing.assert_allclose(found, true_divergence(MEAN, stddev), rtol=1e-4)
    assert np.all(found > 0)
    z = MEAN + stddev * np.random.RandomState(1).standard_normal((200000,) + MEAN.shape)
    log_ratio = 0.5 * (z ** 2 - ((z - MEAN) / stddev) ** 2) - np.log(stddev)
    np.testing.assert_allclose(found, log_ratio.sum(axis=2).mean(axis=0), rtol=0.02)
    assert run(vae.corrected_divergence(tf.zeros([1, 4]), tf.ones([1, 4]))) == 0


def test_row_07_as_written_keeps_the_documents_divergence():
    found = run(vae.as_written_divergence(tf.constant(MEAN), tf.constant(LOG_VAR)))
    np.testing.assert_array_equal(found, document_divergence(MEAN, LOG_VAR))


# Row 8: the loss decodes with a decoder of its own and overwrites x_reconstructed.


def test_row_08_document_gives_the_callers_decoder_no_gradient():
    d3 = execute(D3_VAE, z_dim=4, x_dim=4, batch_size=1)
    x = tf.constant(normal(1, 4))
    z_mean, z_log_var = d3.encoder(x)
    before = len(tf.trainable_variables())
    reconstructed = d3.decoder(z_mean)
    callers = tf.trainable_variables()[before:]
    loss = d3.variational_loss(x, reconstructed, z_mean, z_log_var)
    assert len(callers) == 6
    assert len(tf.trainable_variables()) == before + 12
    assert tf.gradients(loss, callers + [reconstructed]) == [None] * 7


def test_row_08_repair_trains_the_decoder_that_samples():
    program, _ = program_of("vae")
    decoder = tf.trainable_variables("decoder/")
    assert len(decoder) == 6
    assert None not in tf.gradients(program.losses["vae"], decoder)
    assert None not in tf.gradients(program.outputs["samples"], decoder)


# Row 9: the loss is a vector [B]; tf.gradients sums it.


def test_row_09_document_steps_as_far_as_the_sum_over_the_batch():
    d3 = execute(D3_VAE, z_dim=4, batch_size=5)
    d3.variational_loss.__globals__["decoder"] = lambda z: tf.reduce_mean(z, axis=0)
    x, z_mean, z_log_var = (tf.constant(normal(5 + i, 4)[i:]) for i in range(3))
    loss = d3.variational_loss(x, None, z_mean, z_log_var)
    assert loss.shape.as_list() == [5]
    of_vector, of_sum, of_mean = run([tf.gradients(value, z_mean)[0] for value in (
        loss, tf.reduce_sum(loss), tf.reduce_mean(loss))])
    np.testing.assert_array_equal(of_vector, of_sum)
    np.testing.assert_allclose(of_vector, 5 * of_mean, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("variant,growth", [("corrected", 1.0), ("as_written", 2.0)])
def test_row_09_repair_does_not_grow_with_the_batch_and_as_written_does(variant, growth):
    program, _ = program_of("vae", variant=variant)
    loss = program.losses
    gradient = tf.gradients(loss["vae"], tf.trainable_variables("decoder/output/bias"))[0]
    images, epsilon = normal(5, 784), normal(5, 20)
    once, twice = (run([gradient, loss], {
        program.inputs["vae/images"]: np.concatenate([images] * times),
        program.inputs["vae/epsilon"]: np.concatenate([epsilon] * times)}) for times in (1, 2))
    np.testing.assert_allclose(twice[0], growth * once[0], rtol=1e-4, atol=1e-4)
    terms = once[1]["vae/reconstruction"] + once[1]["vae/divergence"]
    assert once[1]["vae"].shape == ()
    assert once[1]["vae"] == pytest.approx(terms * (5 if variant == "as_written" else 1), rel=1e-5)
