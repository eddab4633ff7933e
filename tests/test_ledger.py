"""Rows 1 to 14 of the ledger: each defect in the documents' own code, and what stands here instead.

The code of D3 §4.1, D3 §4.2 and D4 §4 is the documents', character for character without comments;
`document` executes it, with the names that it leaves undefined given where a row needs them. The
repairs are shown in the left wing; tests/test_twins.py shows that the right wing equals it.
"""

import types

from legacy import losses, training  # before TensorFlow: sets how tf.layers is found
from legacy.models import bgd_gan, mlp_gan, vae
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from groundwork import hyperparameters
from groundwork.data import datasets
from groundwork.data.batches import Batches

D3_GAN = '''
def generator(z):
    hidden1 = tf.layers.dense(z, 128, activation=tf.nn.leaky_relu)
    hidden2 = tf.layers.dense(hidden1, 256, activation=tf.nn.leaky_relu)
    hidden3 = tf.layers.dense(hidden2, 512, activation=tf.nn.leaky_relu)
    output = tf.layers.dense(hidden3, 784, activation=None)
    return tf.reshape(output, [-1, 28, 28])

def discriminator(x):
    hidden1 = tf.layers.dense(x, 512, activation=tf.nn.leaky_relu)
    hidden2 = tf.layers.dense(hidden1, 256, activation=tf.nn.leaky_relu)
    hidden3 = tf.layers.dense(hidden2, 128, activation=tf.nn.leaky_relu)
    output = tf.layers.dense(hidden3, 1, activation=tf.nn.sigmoid)
    return output

def train_step(images, labels, generator, discriminator, generator_optimizer, discriminator_optimizer):
    with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:
        generated_images = generator(images)
        logits = discriminator(generated_images)
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(logits=logits, labels=labels))
        gradients_of_generator = gen_tape.gradient(loss, generator.trainable_variables)
        gradients_of_discriminator = disc_tape.gradient(loss, discriminator.trainable_variables)
    generator_optimizer.apply_gradients(zip(gradients_of_generator, generator.trainable_variables))
    discriminator_optimizer.apply_gradients(zip(gradients_of_discriminator, discriminator.trainable_variables))
'''  # noqa: E501

D3_VAE = '''
def encoder(x):
    hidden1 = tf.layers.dense(x, 128, activation=tf.nn.relu)
    hidden2 = tf.layers.dense(hidden1, 64, activation=tf.nn.relu)
    z_mean = tf.layers.dense(hidden2, z_dim)
    z_log_var = tf.layers.dense(hidden2, z_dim)
    return z_mean, z_log_var

def decoder(z):
    hidden1 = tf.layers.dense(z, 64, activation=tf.nn.relu)
    hidden2 = tf.layers.dense(hidden1, 128, activation=tf.nn.relu)
    output = tf.layers.dense(hidden2, x_dim, activation=None)
    return output

def variational_loss(x, x_reconstructed, z_mean, z_log_var):
    x_dim = tf.shape(x)[1]
    epsilon = tf.random.normal([batch_size, x_dim])
    z = z_mean + tf.multiply(tf.expand_dims(epsilon, 1), tf.expand_dims(tf.math.softplus(z_log_var), 1))
    x_reconstructed = decoder(z)
    x_reconstructed = tf.reshape(x_reconstructed, [-1, x_dim])
    loss = tf.reduce_mean(tf.reduce_sum(tf.square(x - x_reconstructed), reduction_indices=[1]))
    kl_divergence = -0.5 * tf.reduce_sum(1 + tf.math.softplus(-z_log_var) - tf.square(z_mean) - tf.math.softplus(z_log_var), reduction_indices=[1])
    return loss + kl_divergence
'''  # noqa: E501

D4 = '''
def generator(z, reuse=None):
    with tf.variable_scope("generator", reuse=reuse):
        hidden1 = tf.layers.dense(z, 128, activation=tf.nn.leaky_relu)
        hidden2 = tf.layers.dense(hidden1, 128, activation=tf.nn.leaky_relu)
        output = tf.layers.dense(hidden2, 784, activation=None)
        output = tf.reshape(output, [-1, 28, 28])
        return output

def discriminator(image, reuse=None):
    with tf.variable_scope("discriminator", reuse=reuse):
        hidden1 = tf.layers.dense(image.reshape([-1, 784]), 128, activation=tf.nn.leaky_relu)
        hidden2 = tf.layers.dense(hidden1, 128, activation=tf.nn.leaky_relu)
        logits = tf.layers.dense(hidden2, 1, activation=None)
        return tf.sigmoid(logits)

def loss_generator(D, G, z):
    D_loss = - tf.reduce_mean(tf.log(D(G(z))) + tf.log(1 - D(tf.ones_like(G(z)))))
    G_loss = - tf.reduce_mean(tf.log(D(G(z))) + tf.log(1 - D(tf.ones_like(G(z)))))
    return D_loss, G_loss

def loss_discriminator(D, G, z):
    D_loss = - tf.reduce_mean(tf.log(D(G(z))) + tf.log(1 - D(tf.ones_like(G(z)))))
    G_loss = - tf.reduce_mean(tf.log(D(G(z))) + tf.log(1 - D(tf.ones_like(G(z)))))
    return D_loss, G_loss

def train(G, D, z, epochs, batch_size):
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for epoch in range(epochs):
            for step in range(train_steps):
                z = np.random.normal(size=(batch_size, 100))
                G_loss, D_loss_real, D_loss_fake = sess.run([G_loss, D_loss_real, D_loss_fake], feed_dict={z: z})
                z = np.random.normal(size=(batch_size, 100))
                G_loss, D_loss_real, D_loss_fake = sess.run([G_loss, D_loss_real, D_loss_fake], feed_dict={z: z})
        return G, D
'''  # noqa: E501


@pytest.fixture(autouse=True)
def session():
    with tf.Graph().as_default():
        with tf.Session() as opened:
            yield opened


def document(source, **names):
    """The functions of a document's code, executed with `names` as globals."""
    names = dict(names, tf=tf, np=np)
    exec(source, names)  # the code above, as a reader of the document would run it
    return types.SimpleNamespace(**names)


def program_of(model, **flags):
    """(program, its phases), ready to train, with weights drawn from seed 1."""
    kinds = {"mlp_gan": mlp_gan, "vae": vae, "bgd_gan": bgd_gan}
    program = kinds[model].program(hyperparameters.make(model, flags), "float32")
    phases = training.make_phases(program)
    training.initialize(tf.get_default_session(), 1)
    return program, phases


def run(fetches, feed_dict=None):
    return tf.get_default_session().run(fetches, feed_dict)


def normal(*shape):
    return np.random.RandomState(0).standard_normal(shape).astype(np.float32)


def softplus(x):
    return np.logaddexp(0.0, x)


def shapes(variables):
    return [tuple(variable.shape.as_list()) for variable in variables]


def signs(losses_, tensor):
    """Signs of the losses' derivatives by `tensor`, whose elements are alike."""
    gradients = run(tf.gradients(losses_[0], tensor) + tf.gradients(losses_[1], tensor))
    return [np.unique(np.sign(gradient)).tolist() for gradient in gradients]


# Row 1: D gets [B, 28, 28] unflattened.


def test_row_01_document_judges_each_row_of_an_image():
    judged = document(D3_GAN).discriminator(tf.zeros([8, 28, 28]))
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
    d3 = document(D3_GAN)
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
    d3 = document(D3_GAN)
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


# Row 5: z_dim, x_dim and batch_size are undefined.


def test_row_05_document_leaves_names_undefined():
    d3 = document(D3_VAE)
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
    d3 = document(D3_VAE, z_dim=20, x_dim=784, batch_size=8)
    x = tf.zeros([8, 784])
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        z_mean, z_log_var = d3.encoder(x)
        loss = d3.variational_loss(x, x, z_mean, z_log_var)
        run(tf.global_variables_initializer())
        run(loss)


def test_row_06_document_with_z_dim_still_decodes_every_pair_of_the_batch():
    source = D3_VAE.replace("[batch_size, x_dim]", "[batch_size, z_dim]")
    d3 = document(source, z_dim=20, x_dim=784, batch_size=8)
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
    d3 = document(D3_VAE, z_dim=4, batch_size=len(z_mean))
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
    d3 = document(D3_VAE, z_dim=4, x_dim=4, batch_size=1)
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
    d3 = document(D3_VAE, z_dim=4, batch_size=5)
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


# Row 10: a tensor has no method reshape.


def test_row_10_document_reshapes_as_numpy_does():
    with pytest.raises(AttributeError, match="reshape"):
        document(D4).discriminator(tf.zeros([8, 28, 28]))


def test_row_10_repair_flattens():
    assert bgd_gan.discriminator(tf.zeros([8, 28, 28])).shape.as_list() == [8, 1]
    assert shapes(tf.trainable_variables())[0] == (784, 128)


# Row 11: G(z) stands in the real slot, an all-ones image in the generated one.


def test_row_11_document_has_one_loss_four_times_and_no_real_image():
    d4 = document(D4)
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
        document(D4).train(None, None, None, 1, 2)
    with pytest.raises(UnboundLocalError, match="G_loss"):
        document(D4, train_steps=1).train(None, None, None, 1, 2)
    with pytest.raises(TypeError, match="unhashable"):
        hash(np.zeros([2, 100]))  # the key in its feed_dict
    assert tf.global_variables() == []


def test_row_12_document_makes_its_variables_twice():
    d4 = document(D4.replace("image.reshape([-1, 784])", "tf.reshape(image, [-1, 784])"))
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
    document(source, train_steps=2, drawn=drawn).train(None, None, None, epochs=1, batch_size=16)
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
