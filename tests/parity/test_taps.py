"""What leaves each layer: the same names, order and numbers on both sides."""

import keras
import numpy as np
import pytest
import tensorflow as tf2
import tensorflow.compat.v1 as tf

from parity.keras3 import taps as keras3_taps
from parity.tf1 import taps as tf1_taps

NOISE = np.random.default_rng(1).normal(size=(4, 3)).astype(np.float32)
IMAGES = np.random.default_rng(2).normal(size=(4, 5)).astype(np.float32)


def generator(noise):
    with tf.variable_scope("generator", reuse=tf.AUTO_REUSE):
        hidden = tf.layers.dense(noise, 6, tf.nn.leaky_relu, name="hidden")
        return tf.tanh(tf.layers.dense(hidden, 5, name="output"), name="images")


def discriminator(images):
    with tf.variable_scope("discriminator", reuse=tf.AUTO_REUSE):
        hidden = tf.layers.dense(images, 6, tf.nn.relu, name="hidden")
        return tf.layers.dense(hidden, 1, name="logits")


def gan(train=False):
    """(noise, images, loss) of a GAN in the default graph."""
    with tf.name_scope("inputs"):
        noise = tf.placeholder(tf.float32, [None, 3], name="noise")
        images = tf.placeholder(tf.float32, [None, 5], name="images")
    real = discriminator(images)
    generated = discriminator(generator(noise))
    with tf.name_scope("losses"):
        loss = tf.reduce_mean(real) - tf.reduce_mean(generated)
    if train:
        with tf.variable_scope("train"), tf.name_scope("train"):
            tf.train.AdamOptimizer().minimize(loss)
    return noise, images, loss


NAMES = ["discriminator/hidden", "discriminator/logits", "generator/hidden", "generator/output",
         "generator/images", "discriminator_1/hidden", "discriminator_1/logits"]


# TensorFlow 1.

@pytest.mark.parametrize("train", [False, True])
def test_tf1_taps_are_what_leaves_each_layer(train):
    with tf.Graph().as_default() as graph:
        gan(train)
        found = tf1_taps.layer_outputs(graph, {"generator", "discriminator"})
    assert list(found) == NAMES
    assert found["generator/hidden"].op.type == "LeakyRelu"
    assert found["discriminator_1/hidden"].op.type == "Relu"
    assert found["generator/output"].op.type == "BiasAdd"
    assert found["generator/images"].op.type == "Tanh"
    assert found["discriminator/logits"].shape.as_list() == [None, 1]


def test_tf1_taps_are_of_the_networks_asked_for():
    with tf.Graph().as_default() as graph:
        gan()
        found = tf1_taps.layer_outputs(graph, {"generator"})
    assert list(found) == ["generator/hidden", "generator/output", "generator/images"]


def test_tf1_network_whose_own_name_ends_in_a_number_is_tapped():
    with tf.Graph().as_default() as graph:
        with tf.variable_scope("stage_2"):
            hidden = tf.layers.dense(tf.zeros([1, 3]), 4, name="hidden")
        tf.reduce_sum(hidden)
        assert list(tf1_taps.layer_outputs(graph, {"stage_2"})) == ["stage_2/hidden"]


def test_tf1_batch_normalisation_is_tapped_after_its_last_operation():
    with tf.Graph().as_default() as graph:
        with tf.variable_scope("generator"):
            hidden = tf.layers.dense(tf.zeros([4, 3]), 4, name="hidden")
            normal = tf.layers.batch_normalization(hidden, training=True, name="norm")
        tf.reduce_sum(normal)
        found = tf1_taps.layer_outputs(graph, {"generator"})
    assert list(found) == ["generator/hidden", "generator/norm"]
    assert found["generator/norm"] is normal


def test_tf1_statistics_for_the_gradients_are_no_taps():
    with tf.Graph().as_default() as graph:
        with tf.variable_scope("generator"):
            images = tf.layers.conv2d(tf.zeros([4, 8, 8, 3]), 4, 3, name="filters")
            normal = tf.layers.batch_normalization(images, training=True, fused=True, name="norm")
        loss = tf.reduce_sum(tf.square(normal))
        with tf.variable_scope("train"), tf.name_scope("train"):
            tf.train.AdamOptimizer().minimize(loss)
        assert normal.op.type.startswith("FusedBatchNorm")
        assert tf1_taps.layer_outputs(graph, {"generator"})["generator/norm"] is normal


def test_tf1_initialisers_and_integers_are_no_taps():
    with tf.Graph().as_default() as graph:
        with tf.variable_scope("generator"):
            classes = tf.argmax(tf.layers.dense(tf.zeros([4, 3]), 4, name="hidden"), name="classes")
        tf.one_hot(classes, 4)
        tf.global_variables_initializer()
        found = tf1_taps.layer_outputs(graph, {"generator"})
    assert list(found) == ["generator/hidden"]


def test_placeholders_behind_a_tensor():
    with tf.Graph().as_default():
        noise, images, loss = gan()
        generated = generator(noise)
        assert tf1_taps.placeholders(noise) == {"inputs/noise"}
        assert tf1_taps.placeholders(generated) == {"inputs/noise"}
        assert tf1_taps.placeholders(loss) == {"inputs/noise", "inputs/images"}
        assert tf1_taps.placeholders(tf.constant(1.0) + 2.0) == set()


# Keras.

class Subclassed(keras.Model):
    """D as a class of its own."""

    def __init__(self):
        super().__init__(name="discriminator")
        self.hidden = keras.layers.Dense(6, "relu", name="hidden")
        self.logits = keras.layers.Dense(1, name="logits")

    def call(self, images, training=False):
        return self.logits(self.hidden(images))


def sequential():
    return keras.Sequential([keras.Input((5,)), keras.layers.Dense(6, "relu", name="hidden"),
                             keras.layers.Dense(1, name="logits")], name="discriminator")


def functional():
    images = keras.Input((5,))
    hidden = keras.layers.Dense(6, "relu", name="hidden")(images)
    return keras.Model(images, keras.layers.Dense(1, name="logits")(hidden), name="discriminator")


class Gan(keras.Model):
    """A GAN whose discriminator is made one of several ways."""

    def __init__(self, make_discriminator):
        super().__init__()
        self.generator = keras.Sequential([
            keras.Input((3,)),
            keras.layers.Dense(6, keras.layers.LeakyReLU(negative_slope=0.2), name="hidden"),
            keras.layers.Dense(5, name="output"),
            keras.layers.Activation("tanh", name="images")], name="generator")
        self.discriminator = make_discriminator()

    def losses_of(self, noise, images):
        real = self.discriminator(images)
        generated = self.discriminator(self.generator(noise))
        return keras.ops.mean(real) - keras.ops.mean(generated)


@pytest.fixture(params=[sequential, functional, Subclassed])
def model(request):
    model = Gan(request.param)
    model.losses_of(NOISE, IMAGES)  # a subclassed network makes its weights now
    return model


def test_keras_taps_have_the_same_names_in_the_same_order(model):
    with keras3_taps.recorded(model) as found:
        model.losses_of(NOISE, IMAGES)
    assert list(found) == NAMES


def test_keras_taps_are_symbolic_inside_a_function(model):
    @tf2.function(autograph=False)
    def forward(noise, images):
        with keras3_taps.recorded(model) as found:
            model.losses_of(noise, images)
        return dict(found)

    with keras3_taps.recorded(model) as eager:
        model.losses_of(NOISE, IMAGES)
    for name, value in forward(NOISE, IMAGES).items():
        np.testing.assert_allclose(value, eager[name], rtol=1e-6, atol=1e-7)


def test_keras_layers_are_left_as_they_were(model):
    loss = model.losses_of(NOISE, IMAGES)
    with pytest.raises(ZeroDivisionError):
        with keras3_taps.recorded(model) as found:
            assert np.asarray(model.losses_of(NOISE, IMAGES)) == np.asarray(loss)
            count = len(found)
            assert 1 / 0
    assert np.asarray(model.losses_of(NOISE, IMAGES)) == np.asarray(loss)
    assert len(found) == count == len(NAMES)
    for layer in model._flatten_layers():
        assert "call" not in vars(layer)


def test_keras_counts_uses_anew_for_each_pass(model):
    for _ in range(2):
        with keras3_taps.recorded(model) as found:
            model.generator(NOISE)
            model.generator(NOISE)
        assert [name for name in found if name.endswith("/hidden")] == [
            "generator/hidden", "generator_1/hidden"]


def test_layer_of_two_networks_is_recorded_once_in_each():
    class Shared(keras.Model):
        def __init__(self):
            super().__init__()
            layer = keras.layers.Dense(3, name="layer")
            self.first = keras.Sequential([keras.Input((3,)), layer], name="first")
            self.second = keras.Sequential([keras.Input((3,)), layer], name="second")

    model = Shared()
    with keras3_taps.recorded(model) as found:
        twice = model.second(model.first(NOISE))
    assert list(found) == ["first/layer", "second/layer"]
    assert found["second/layer"] is twice
    assert "call" not in vars(model.first.layers[0])


# Both.

def test_both_sides_give_the_same_numbers(model):
    weights = {"/".join([network.name, layer.name, variable.name]): np.asarray(variable)
               for network in model.layers for layer in network.layers
               for variable in layer.variables}
    with tf.Graph().as_default() as graph, tf.Session() as session:
        noise, images, _ = gan(train=True)
        for variable in tf.trainable_variables():
            variable.load(weights[variable.op.name], session)
        taps = tf1_taps.layer_outputs(graph, {"generator", "discriminator"})
        legacy = session.run(taps, {noise: NOISE, images: IMAGES})
    with keras3_taps.recorded(model) as modern:
        model.losses_of(NOISE, IMAGES)
    assert list(legacy) == list(modern)
    for name, value in legacy.items():
        np.testing.assert_allclose(np.asarray(modern[name]), value, rtol=1e-5, atol=1e-6)
        assert np.any(value)
