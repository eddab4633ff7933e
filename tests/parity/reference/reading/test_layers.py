"""Layers with parameters, their activations and initial values, and random draws."""

import pytest

from parity.reference.reading import draws
from parity.reference.reading import dropouts
from parity.reference.reading import initial_values
from parity.reference.reading import layers
from parity.reference.reading import structure


@pytest.fixture
def layers_of(captured_program):
    """Function (program) that returns `{name: Layer}` in the order of use."""
    return lambda program: {layer.name: layer for layer in layers.read(captured_program(program))}


@pytest.mark.parametrize("program, name, kind, iterations, count", [
    ("two_iterations", "hidden", "dense", 2, 6 * 5 + 5),
    ("convolution", "conv", "convolution", 1, 3 * 3 * 2 * 4)])
def test_a_kernel_over_its_spectral_norm_is_the_layers_own(
        layers_of, program, name, kind, iterations, count):
    layer = layers_of(program)[name]
    assert (layer.kind, layer.parameters, layer.uses) == (kind, count, 1)
    assert layer.settings["spectral_norm"] == iterations
    assert layer.activation.name == "relu"
    assert list(layers_of(program)) == [name, "logits"]
    assert "spectral_norm" not in layers_of(program)["logits"].settings


def test_order_of_use(layers_of):
    assert list(layers_of("images")) == ["net/conv1", "net/norm1", "net/hidden", "net/logits"]
    assert list(layers_of("layers")) == ["depthwise", "transposed", "norm", "batch", "dense",
                                         "temperature"]


def test_convolution(layers_of):
    conv = layers_of("images")["net/conv1"]
    assert (conv.kind, conv.shape, conv.input) == ("convolution", [3, 3, 3, 4], "images:0")
    assert (conv.settings["strides"], conv.settings["padding"]) == ([2, 2], "SAME")
    assert conv.settings["data_format"] == "NHWC"
    assert list(conv.variables) == ["kernel"] and conv.parameters == 108
    assert conv.regularizers == {"kernel": 0.004}


def test_transposed_and_depthwise_convolutions(layers_of):
    found = layers_of("layers")
    transposed, depthwise = found["transposed"], found["depthwise"]
    assert (transposed.kind, transposed.shape) == ("transposed convolution", [2, 2, 5, 6])
    assert transposed.settings["strides"] == [2, 2]
    assert transposed.settings["output_shape"] == [None, 4, 4, 5]
    assert (depthwise.kind, depthwise.settings["padding"]) == ("depthwise convolution", "VALID")
    assert transposed.input == depthwise.output


def test_batch_norm(layers_of):
    fused = layers_of("images")["net/norm1"]
    assert (fused.kind, fused.settings["epsilon"], fused.settings["fused"]) == (
        "batch norm", 0.002, True)
    assert fused.variables == {"gamma": "net/norm1/gamma", "beta": "net/norm1/beta"}
    assert (fused.activation.name, fused.input) == ("relu", layers_of("images")["net/conv1"].output)
    formula = layers_of("layers")["batch"]
    assert (formula.kind, formula.settings["epsilon"]) == ("batch norm", 0.004)
    assert formula.variables == {"beta": "batch/beta"}
    assert formula.input == layers_of("layers")["norm"].output


def test_layer_norm_is_told_by_its_axes(layers_of):
    norm = layers_of("layers")["norm"]
    assert (norm.kind, norm.settings["axes"], norm.settings["epsilon"]) == ("layer norm", [1], 1e-5)


def test_dense_layers_and_their_activations(layers_of):
    found = layers_of("images")
    assert found["net/hidden"].variables == {"kernel": "net/hidden/kernel",
                                             "bias": "net/hidden/bias"}
    assert (found["net/hidden"].activation.name, found["net/hidden"].activation.slope) == (
        "leaky_relu", 0.3)
    assert found["net/logits"].activation.name == ""
    assert layers_of("layers")["dense"].variables == {"kernel": "dense/kernel"}
    assert layers_of("layers")["dense"].activation.name == "elu"


@pytest.mark.parametrize("name, slope", [("generator/hidden", 0.15), ("discriminator/hidden", 0.1)])
def test_leaky_slopes_of_formulas(layers_of, name, slope):
    activation = layers_of("adversarial")[name].activation
    assert (activation.name, activation.slope) == ("leaky_relu", pytest.approx(slope))


def test_shared_layers_are_counted(layers_of):
    found = layers_of("adversarial")
    assert found["discriminator/output"].uses == 2 and found["generator/output"].uses == 1
    assert found["generator/output"].activation.name == "tanh"
    assert sum(layer.parameters for layer in found.values()) == 113


def test_embedding_and_recurrent_cell(layers_of):
    found = layers_of("recurrent")
    assert (found["table"].kind, found["table"].shape) == ("embedding", [9, 5])
    assert found["table"].input == "words:0"
    cell = found["cell"]
    assert cell.kind == "LSTM cell" and cell.parameters == 288
    assert (cell.settings["units"], cell.settings["forget_bias"]) == (6, 0.75)


def test_a_layer_that_is_not_trained_has_its_bias(layers_of):
    fixed = layers_of("stacked_from_the_end")["fixed"]
    assert (fixed.kind, fixed.trained, fixed.parameters) == ("dense", False, 112)
    assert sorted(fixed.variables) == ["bias", "kernel"]


def test_what_is_no_layer_is_told_by_its_use(layers_of):
    lone = layers_of("layers")["temperature"]
    assert (lone.kind, lone.settings["used_by"], lone.parameters) == ("other", "Mul", 1)


def test_variables_of_optimizers_are_no_layers(layers_of):
    names = {name for layer in layers_of("optimizers").values()
             for name in layer.variables.values()}
    assert {"keras_adam/w", "keras_sgd/w"} <= names
    assert not {"keras_adam/m", "keras_adam/v", "keras_sgd/moments", "keras_sgd/lr"} & names


@pytest.mark.parametrize("program, variable, words", [
    ("images", "net/conv1/kernel", "truncated normal, stddev 0.02"),
    ("images", "net/hidden/kernel", "Glorot uniform"),
    ("images", "net/hidden/bias", "0.1"),
    ("images", "net/norm1/gamma", "ones"),
    ("images", "net/norm1/beta", "zeros"),
    ("images", "net/conv1/kernel/RMSProp", "ones"),
    ("recurrent", "table", "uniform from -0.2 to 0.2"),
    ("layers", "temperature", "2.0")])
def test_initial_value(captured_program, program, variable, words):
    graph = structure.of(captured_program(program))
    assert initial_values.words(initial_values.read(graph, variable)) == words


def test_dropout(captured_program):
    draw, = draws.read(captured_program("images"))
    assert (draw.purpose, draw.place, draw.shape) == ("dropout, keeps 0.75", "net/Reshape", [8, 16])
    dropout, = dropouts.read(structure.of(captured_program("images")))
    assert (dropout.rate, dropout.input) == (0.25, "net/Reshape:0")


def test_noise(captured_program):
    draw, = draws.read(captured_program("adversarial"))
    assert (draw.drawn.kind, draw.shape) == ("uniform", [4, 3])
    assert draw.drawn.numbers == {"low": -2.0, "high": 1.0}
    assert draw.place == "MatMul generator/hidden/MatMul"
    assert dropouts.read(structure.of(captured_program("adversarial"))) == []


def test_a_graph_that_was_forgotten_and_read_again_has_its_own_forward_pass(captured_program):
    """Its structure is forgotten while its forward pass, asked for more seldom, is remembered."""
    captured = captured_program("images")
    before = layers.forward_pass(captured)
    for name in ("adversarial", "recurrent", "layers", "regression"):
        structure.of(captured_program(name))
    operations = set(structure.of(captured).operations)
    assert layers.forward_pass(captured) <= operations and not before <= operations


@pytest.mark.parametrize("name, axes, epsilon", [
    ("by_root", [2], 1e-5), ("by_division", [2], 1e-6), ("by_power", [1], 1e-8)])
def test_a_layer_norm_of_which_the_scale_comes_last(layers_of, name, axes, epsilon):
    layer = layers_of("normalised")[name]
    assert (layer.kind, layer.parameters, layer.uses) == ("layer norm", 2 * layer.shape[0], 1)
    assert layer.variables == {"gamma": name + "/g", "beta": name + "/b"}
    assert (layer.settings["axes"], layer.settings["epsilon"]) == (axes, epsilon)


def test_a_kernel_of_one_matrix_is_that_of_a_dense_layer(layers_of):
    layer = layers_of("normalised")["c_fc"]
    assert (layer.kind, layer.shape, layer.parameters) == ("dense", [4, 6], 4 * 6 + 6)
    assert layer.variables == {"kernel": "c_fc/w", "bias": "c_fc/b"}
