"""Layers are paired as wholes: many of equal shapes, without names, of two networks."""

import numpy as np
import pytest

from parity.pair import variables
from tests.parity.pair.described import entry, pairs, port


def _convolutions():
    """(name, size, inputs, filters) of a ResNet50's, shortcuts first, as TensorFlow 1 uses them."""
    yield [("root", 7, 3, 64)]
    channels = 64
    for stage, (width, blocks) in enumerate([(64, 3), (128, 4), (256, 6), (512, 3)]):
        for block in range(blocks):
            name = f"{stage}{block}"
            shortcut = [(name + "s", 1, channels, 4 * width)] if block == 0 else []
            yield shortcut + [(name + "a", 1, channels, width), (name + "b", 3, width, width),
                              (name + "c", 1, width, 4 * width)]
            channels = 4 * width


def _resnet(last=False):
    """(reference, port, {TensorFlow 1 name: port path}); `last`: the port makes shortcuts last."""
    reference, ported, truth, states = [], [], {}, []
    for number, (name, size, inputs, filters) in enumerate(
            convolution for block in _convolutions() for convolution in block):
        layer, norm = f"net/conv2d_{number}", f"net/batch_normalization_{number}"
        reference.append(entry(layer + "/kernel", "kernel", [size, size, inputs, filters],
                               "convolution"))
        reference += [entry(f"{norm}/{role}", role, [filters], "batch norm")
                      for role in ("gamma", "beta")]
        states += [entry(f"{norm}/{role}", role, [filters], "state", False)
                   for role in ("moving_mean", "moving_variance")]
        truth[layer] = name
        truth[norm] = name
    number = 0
    for block in _convolutions():
        for name, size, inputs, filters in (
                block[1:] + block[:1] if last and len(block) == 4 else block):
            ported.append(port(f"conv2d_{number}/kernel", [size, size, inputs, filters]))
            ported += [port(f"batch_normalization_{number}/{leaf}", [filters], trainable,
                            "BatchNormalization")
                       for leaf, trainable in (("gamma", True), ("beta", True),
                                               ("moving_mean", False), ("moving_variance", False))]
            for key in [key for key, value in truth.items() if value == name]:
                kind = key.rpartition("/")[2].rpartition("_")[0]
                truth[key] = f"{kind}_{number}"
            number += 1
    return reference + states, ported, truth


def _wrong(found, truth):
    return {row.reference for row in found.rows
            if row.port.rpartition("/")[0] != truth[row.reference.rpartition("/")[0]]}


def test_all_variables_of_a_resnet_find_their_partners_by_the_order_of_use():
    reference, ported, truth = _resnet()
    found = variables.pair(reference, ported)
    assert len(found.rows) == len(ported) == 265 and not _wrong(found, truth)


def test_batch_norms_go_with_the_convolutions_beside_them_where_the_order_is_another():
    reference, ported, truth = _resnet(last=True)
    found = variables.pair(reference, ported)
    # Of the first stage the shortcut and the last convolution have one shape, and nothing else.
    assert {name.rpartition("/")[0] for name in _wrong(found, truth)} == {
        "net/conv2d_1", "net/conv2d_4", "net/batch_normalization_1", "net/batch_normalization_4"}
    assert all(row.ambiguous for row in found.rows if row.reference in _wrong(found, truth))


def test_a_bias_goes_with_its_kernel_whatever_the_order():
    found = variables.pair(
        [entry("a", "kernel", [3, 4], layer="a"), entry("a_b", "bias", [4], layer="a"),
         entry("c", "kernel", [5, 4], layer="c"), entry("c_b", "bias", [4], layer="c")],
        [port("dense/kernel", [5, 4]), port("dense/bias", [4]),
         port("dense_1/kernel", [3, 4]), port("dense_1/bias", [4])])
    assert pairs(found) == {("a", "dense_1/kernel"), ("a_b", "dense_1/bias"),
                            ("c", "dense/kernel"), ("c_b", "dense/bias")}
    assert [row.ambiguous for row in found.rows] == [0, 0, 0, 0]


def test_names_that_libraries_give_say_no_more_than_an_order():
    """dense_2 of the port is its third layer, and the discriminator's first."""
    reference = [entry(f"{network}/{name}/kernel", "kernel", [4, 4]) for network in (
        "generator", "discriminator") for name in ("dense", "dense_1", "dense_2")]
    ported = [port(f"{network}/dense_{number}/kernel", [4, 4], network=network)
              for network, numbers in (("discriminator", (0, 1, 2)), ("generator", (3, 4, 5)))
              for number in numbers]
    found = variables.pair(reference, ported)
    assert [row.port for row in found.rows] == [
        f"generator/dense_{number}/kernel" for number in (3, 4, 5)] + [
        f"discriminator/dense_{number}/kernel" for number in (0, 1, 2)]
    assert {row.reason for row in found.rows} == {"kind, shape and order of use"}


@pytest.mark.parametrize("name,path", [
    ("net/block1/conv/weights", "block1_conv/kernel"), ("softmax_w", "softmax/kernel"),
    ("model/W_fc1", "fc1/kernel"), ("dnn/hidden_0/kernel/part_0", "hidden_0/kernel")])
def test_authors_names_of_a_layer_are_names_however_they_are_written(name, path):
    found = variables.pair(
        [entry("first/v", "kernel", [4, 4]), entry(name, "kernel", [4, 4])],
        [port(path, [4, 4]), port("other/kernel", [4, 4])])
    assert (name, path) in pairs(found)
    assert [row.reason for row in found.rows if row.port == path] == ["name"]


def test_words_of_scopes_come_before_the_order():
    found = variables.pair(
        [entry(f"bert/layer_{layer}/attention/{part}/dense/kernel", "kernel", [4, 4])
         for layer in (0, 1) for part in ("self", "output")],
        [port(f"encoder/layer_{layer}_{part}_attention/dense/kernel", [4, 4])
         for layer in (1, 0) for part in ("output", "self")])
    assert pairs(found) == {
        (f"bert/layer_{layer}/attention/{part}/dense/kernel",
         f"encoder/layer_{layer}_{part}_attention/dense/kernel")
        for layer in (0, 1) for part in ("self", "output")}


def test_separable_convolutions_have_two_kernels():
    found = variables.pair(
        [entry("sep/depthwise_weights", "kernel", [3, 3, 4, 1], "depthwise convolution"),
         entry("sep/pointwise_weights", "kernel", [1, 1, 4, 4], "convolution")],
        [port("s/depthwise_kernel", [3, 3, 4, 1]), port("s/pointwise_kernel", [1, 1, 4, 4])])
    assert pairs(found) == {("sep/depthwise_weights", "s/depthwise_kernel"),
                            ("sep/pointwise_weights", "s/pointwise_kernel")}


def test_a_convolution_over_everything_is_a_dense_layer():
    found = variables.pair([entry("fc6/weights", "kernel", [5, 5, 8, 16], "convolution")],
                           [port("fc6/kernel", [200, 16])])
    row, = found.rows
    assert row.transform.name == "reshaped to [200, 16]"


def test_what_keras_2_calls_trainable_but_no_layer_uses_lacks_nothing():
    found = variables.pair([entry("SGD/lr", "lr", [], "state"),
                            entry("SGD/iterations", "iterations", [], "state") | {"dtype": "int64"},
                            entry("d/kernel", "kernel", [3, 2], optimizer=0)],
                           [port("d/kernel", [3, 2], optimizer=0)])
    assert found.lacks_trained() == []
    assert [each["name"] for each in found.reference_only] == ["SGD/lr", "SGD/iterations"]


def _cell_and_dense(number, inputs):
    """A network of the reference, with one kernel in its cell, and the port's, with two."""
    ours, theirs = number, 1 - number  # numbers of the optimisers
    return ([entry(f"rnn_{number}/kernel", "kernel", [inputs + 4, 16], "LSTM cell", optimizer=ours),
             entry(f"Variable_{number}", "kernel", [4, 1], layer="", optimizer=ours)],
            [port(f"lstm_{number}/kernel", [inputs, 16], optimizer=theirs),
             port(f"lstm_{number}/recurrent_kernel", [4, 16], optimizer=theirs),
             port(f"dense_{number}/kernel", [4, 1], optimizer=theirs)])


def test_optimisers_that_train_as_many_numbers_are_one_where_kernels_are_split():
    one, other = _cell_and_dense(0, 3), _cell_and_dense(1, 5)
    found = variables.pair(one[0] + other[0], other[1] + one[1])
    assert {("Variable_0", "dense_0/kernel"), ("Variable_1", "dense_1/kernel")} <= pairs(found)
    assert not found.reference_only and not found.port_only


def test_a_norm_before_its_convolution_goes_with_it_where_the_order_is_another():
    shapes = {"a": [3, 3, 4, 4], "b": [5, 5, 4, 4]}
    reference = [each for name, shape in shapes.items() for each in (
        entry(f"norm_{name}/g", "gamma", [4], "batch norm", layer=f"{name}1"),
        entry(f"conv_{name}/k", "kernel", shape, "convolution", layer=f"{name}2"))]
    ported = [each for number, shape in enumerate(reversed(shapes.values())) for each in (
        port(f"batch_normalization_{number}/gamma", [4]), port(f"conv2d_{number}/kernel", shape))]
    assert pairs(variables.pair(reference, ported)) == {
        ("norm_a/g", "batch_normalization_1/gamma"), ("conv_a/k", "conv2d_1/kernel"),
        ("norm_b/g", "batch_normalization_0/gamma"), ("conv_b/k", "conv2d_0/kernel")}


def test_a_kernel_that_is_used_transposed_is_a_dense_layers_with_its_axes_exchanged():
    kernel = entry("out/table", "kernel", [7, 4], transposed=True)
    row, = variables.pair([kernel], [port("out/kernel", [4, 7])]).rows
    value = np.arange(28.0).reshape(7, 4)
    assert (row.transform.state(value) == value.T).all() and row.transform.name == "transposed"
    assert not variables.pair([kernel | {"transposed": False}], [port("out/kernel", [4, 7])]).rows
