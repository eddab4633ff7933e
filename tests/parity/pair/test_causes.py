"""The cause of a planted fault is named, with the line to write; of an unknown one, numbers are."""

from typing import NamedTuple

import pytest


class Fault(NamedTuple):
    """A fault that is planted in a correct port: its cause, a part of its sentence, its line."""

    pair: str
    right: str
    wrong: str
    cause: str
    sentence: str
    write: str


FAULTS = [
    Fault("layers.leaky_relu", "negative_slope=0.1", "negative_slope=0.3", "activation",
          "a leaky ReLU with slope 0.3, in the reference a leaky ReLU with slope 0.1",
          "keras.layers.LeakyReLU(negative_slope=0.1)"),
    Fault("activations.gelu", "_activated(\"gelu\")",
          "_activated(lambda net: keras.activations.gelu(net, approximate=True))", "activation",
          "gelu(approximate=True), in the reference gelu", 'activation="gelu"'),
    Fault("activations.swish", "silu", "hard_silu", "activation",
          "hard_silu, in the reference silu", 'activation="silu"'),
    Fault("activations.relu_to_six", "max_value=6.0", "max_value=None", "activation",
          "relu, in the reference relu6", 'activation="relu6"'),
    Fault("layers.batch_norm_not_fused", "epsilon=1e-5", "epsilon=1e-3",
          "normalisation's epsilon", "0.001, in the reference 1e-05", "epsilon=1e-05"),
    Fault("layers.batch_norm_not_fused", "epsilon=1e-5", "epsilon=1.001e-5",
          "normalisation's epsilon", "1.001e-05, in the reference 1e-05", "epsilon=1e-05"),
    Fault("activations.group_norm", "epsilon=1e-3", "epsilon=1e-5", "normalisation's epsilon",
          "1e-05, in the reference 0.001", "epsilon=0.001"),
    Fault("activations.batch_norm_without_training", "_Given(", "layers.BatchNormalization(",
          "batch norm's mode", "takes the batch's statistics", "layer(x, training=False)"),
    Fault("activations.batch_norm_without_scale", "momentum=0.9", "momentum=0.99",
          "moving average", "keeps 0.99, in the reference 0.9", "momentum=0.9"),
    Fault("activations.temperature", "+ 1e-8", "+ 1e-7", "a number",
          "1e-07 stands where the reference has 1e-08", "1e-08 instead of 1e-07"),
    Fault("losses.log", "share + 1e-7", "share + 1e-8", "a number",
          "1e-08 stands where the reference has 1e-07", "1e-07 instead of 1e-08"),
    Fault("losses.sigmoid_weighted", "0.3 * cross", "1.0 * cross", "a number",
          "1 stands where the reference has 0.3", "0.3 instead of 1"),
    Fault("optimizers.adam", "epsilon=1e-8", "epsilon=1.001e-8", "optimiser's constant",
          "Adam's epsilon is 1.001e-08, in the reference 1e-08", "epsilon=1e-08"),
    Fault("optimizers.adam", "keras.optimizers.Adam(",
          "type(\"Late\", (keras.optimizers.Adam,), {\"update_step\": lambda self, *given: ("
          "self.iterations.assign_add(1), keras.optimizers.Adam.update_step(self, *given), "
          "self.iterations.assign_sub(1))[1]})(", "count of updates",
          "one step ahead in its bias correction", "iterations as the reference counts them"),
    Fault("optimizers.adam_of_gans", "beta_1=0.5", "beta_1=0.9", "optimiser's constant",
          "Adam's beta_1 is 0.9, in the reference 0.5", "beta_1=0.5"),
    Fault("optimizers.momentum", "momentum=0.9)", "momentum=0.99)", "optimiser's constant",
          "Momentum's momentum is 0.99, in the reference 0.9", "momentum=0.9"),
    Fault("optimizers.nesterov", ", nesterov=True", "", "Nesterov",
          "plain, in the reference Nesterov's", "nesterov=True"),
    Fault("optimizers.rmsprop", "rho=0.9, epsilon", "rho=0.99, epsilon", "optimiser's constant",
          "RMSProp's rho is 0.99, in the reference 0.9", "rho=0.9"),
    Fault("optimizers.rmsprop_centered", ",\n" + " " * 28 + "centered=True", "", "centred",
          "RMSProp is not centred", "centered=True"),
    Fault("optimizers.ftrl", "l2_regularization_strength=0.01", "l2_regularization_strength=0.02",
          "optimiser's constant", "is 0.02, in the reference 0.01",
          "l2_regularization_strength=0.01"),
    Fault("optimizers.adadelta", "rho=0.9,", "rho=0.95,", "optimiser's constant",
          "Adadelta's rho is 0.95, in the reference 0.9", "rho=0.9"),
    Fault("losses.huber", "delta=0.7", "delta=1.0", "a number",
          "1 stands where the reference has 0.7", "0.7 instead of 1"),
    Fault("losses.softmax", "from_logits=True", "from_logits=False", "logits",
          "takes the logits for probabilities", "from_logits=True"),
    Fault("losses.softmax_smoothed", "label_smoothing=0.1", "label_smoothing=0.2", "labels",
          "smoothed by 0.2, in the reference by 0.1", "label_smoothing=0.1"),
    Fault("training.clip_by_value", "clipvalue=0.1", "clipvalue=0.2", "clipping",
          "by value 0.2, in the reference by value 0.1", "clipvalue=0.1"),
    Fault("training.clip_by_norm", "clipnorm=0.5", "global_clipnorm=0.5", "clipping",
          "by global norm 0.5, in the reference by norm 0.5", "clipnorm=0.5"),
    Fault("training.staircase", ", staircase=True))\n\n\ndef piece", "))\n\n\ndef piece",
          "schedule's stairs", "evenly, in the reference in stairs", "staircase=True"),
    Fault("training.cosine_decay", "alpha=0.1", "alpha=0.0", "schedule",
          "the schedule's alpha is 0, in the reference 0.1",
          "learning_rate=keras.optimizers.schedules.CosineDecay("),
    # Which no compared step sees.
    Fault("training.piecewise_constant", "[1, 4]", "[1, 5]", "schedule",
          "the schedule's boundaries is [1, 5], in the reference [1, 4]",
          "learning_rate=keras.optimizers.schedules.PiecewiseConstantDecay([1, 4]"),
    Fault("random_numbers.dropout_of_layers", "Dropout(0.25)", "Dropout(0.75)", "dropout's rate",
          "drops 0.75, in the reference 0.25", "keras.layers.Dropout(0.25)"),
    Fault("layers.average_pooling_same", "layers.AveragePooling2D(3, strides=2, padding=\"same\")"
          "(net)", "layers.AveragePooling2D(3, strides=2)(layers.ZeroPadding2D(1)(net))", "padding",
          "the same on all sides, in the reference more at the end", 'padding="same"'),
    Fault("images.resized_by_lines", "_Resized()(net)",
          "layers.Resizing(9, 9, interpolation=\"bilinear\")(net)", "resize",
          "places pixels at their centres", "tf.raw_ops.ResizeBilinear("),
    Fault("two_batches.real_first", "second = _loss(discriminator(fake, training=True)",
          "second = _loss(discriminator(fake, training=False)", "batch norm's mode",
          "in update 2 of a step batch norm takes the moving statistics",
          "layer(x, training=True), and the layer trainable"),
    Fault("optimizers.adagrad", "Adagrad(0.1", "Adagrad(0.11", "learning rate",
          "the learning rate is 0.11, in the reference 0.1", "learning_rate=0.1")]
# By every test run; the others by the whole suite.
QUICK = {"layers.leaky_relu", "optimizers.nesterov"}


@pytest.fixture(name="verified")
def fixture_verified(ports):
    """Function (pair, right, wrong) that gives the `Result` of a changed port."""
    return lambda pair, right, wrong: ports(pair, modern=(right, wrong))


@pytest.mark.parametrize("fault", [pytest.param(
    fault, id=f"{fault.pair}-{fault.sentence}",
    marks=[] if fault.pair in QUICK else [pytest.mark.slow]) for fault in FAULTS])
def test_the_cause_is_named_with_what_mends_it(verified, fault):
    result = verified(*fault[:3])
    cause, = result.causes
    assert cause.name == fault.cause
    assert fault.sentence in cause.sentence and cause.write.startswith(fault.write)
    assert cause.proof.startswith(("the reference with this change gives the port's ",
                                   "so changed, the reference has the port's rate at all of "))
    assert result.measured == ()


def test_what_no_change_explains_is_not_recognised_and_measured(verified):
    result = verified("activations.both_signs", "layers.ReLU()(-net)", "layers.ReLU()(1.0 - net)")
    assert result.causes == []
    first, shares, both, alike = result.measured
    assert first == "cause: not recognised; what is measured:"
    assert shares.startswith("32 of 96 numbers differ, the furthest by 0.5")
    assert "in the reference" in both and "in the port" in both
    assert alike == "the same on both sides before it: hidden"


def test_noise_that_is_another_is_not_taken_for_none(verified):
    """Without its noise a layer takes what the one before gives, on both sides."""
    result = verified("random_numbers.gaussian_noise", "GaussianNoise(0.3)", "GaussianNoise(0.2)")
    cause, = result.causes
    assert cause.sentence.startswith("0.2 stands where the reference has 0.3, in ")
    assert cause.write == "0.3 instead of 0.2"


def test_a_loss_that_agrees_alone_is_no_proof(verified):
    """Without its penalty the loss is what the port returns; its gradients tell another story."""
    result = verified("training.weight_decay_by_hand", "L2(0.01)", "L2(0.005)")
    assert all("left out" not in cause.sentence for cause in result.causes)


def test_a_correct_port_has_no_cause(verified):
    result = verified("optimizers.adam", "epsilon=1e-8", "epsilon=1e-8")
    assert (result.causes, result.measured) == ([], ())
