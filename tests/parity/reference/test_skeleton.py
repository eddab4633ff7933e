"""Frames of Keras ports: valid Python whose models, optimisers and names are the program's."""

import keras
import pytest

from parity.reference.reading import networks
from parity.reference import replay
from parity.reference.keras_frame import skeleton


@pytest.fixture(scope="module")
def source_of(captured_program):
    """Function (program) that returns the frame's source."""
    return lambda program: skeleton.text(captured_program(program))


@pytest.fixture(scope="module")
def built(source_of):
    """Function (program) that returns what the frame's `build()` returns."""
    def build(program):
        names = {}
        exec(compile(source_of(program), program, "exec"), names)
        return names["build"]()
    return build


@pytest.mark.parametrize("program, file", [
    ("images", "programs.py"), ("adversarial", "programs.py"), ("recurrent", "programs.py"),
    ("layers", "programs.py"), ("both_ways", "recurrent_programs.py"),
    ("optimizers", "optimizer_programs.py"), ("gathered", "optimizer_programs.py")])
def test_the_frame_is_python(source_of, program, file):
    source = source_of(program)
    compile(source, program, "exec")
    assert source.startswith('"""Frame of a Keras 3 port of {}:{},'.format(file, program))
    assert max(map(len, source.splitlines())) <= 100


def test_one_model_with_its_loss_and_optimizer(built):
    model, loss, optimizer = built("images")
    assert (model.name, model.inputs[0].name) == ("net", "images")
    assert model.input_shape == (None, 8, 8, 3) and model.output_shape == (None, 5)
    assert sum(variable.shape.num_elements() for variable in model.trainable_weights) == 253
    assert isinstance(optimizer, keras.optimizers.RMSprop)
    assert (optimizer.rho, optimizer.momentum, optimizer.epsilon) == (0.8, 0.7, 0.001)


def test_schedule(built):
    rate = built("images")[2]._learning_rate
    assert rate.get_config() == {
        "initial_learning_rate": 0.02, "decay_steps": 10, "decay_rate": 0.94, "staircase": True,
        "name": "ExponentialDecay"}


def test_layers_in_order_with_their_numbers(built):
    model = built("images")[0]
    named = {layer.name: layer for layer in model.layers}
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds == ["InputLayer", "Conv2D", "BatchNormalization", "Activation", "MaxPooling2D",
                     "Flatten", "Dropout", "Dense", "LeakyReLU", "Dense"]
    conv = named["conv1"]
    assert (conv.filters, conv.kernel_size, conv.strides, conv.padding, conv.use_bias) == (
        4, (3, 3), (2, 2), "same", False)
    assert isinstance(conv.kernel_initializer, keras.initializers.TruncatedNormal)
    assert conv.kernel_initializer.stddev == 0.02
    assert float(conv.kernel_regularizer.l2) == pytest.approx(0.002)  # half of tf.nn.l2_loss's
    assert (named["norm1"].momentum, named["norm1"].epsilon) == (0.97, 0.002)
    assert model.layers[6].rate == 0.25
    assert model.layers[8].negative_slope == 0.3
    assert named["hidden"].bias_initializer.value == 0.1


def test_what_keras_does_otherwise_is_said(source_of):
    source = source_of("images")
    assert "starts RMSProp's mean of squares at ones" in source
    assert "to be filled in: moving averages of 1 variables, decay 0.95" in source
    assert "half the sum of squares" in source


def test_loss_with_a_penalty_at_its_layer(built):
    loss = built("images")[1]
    assert isinstance(loss, keras.losses.SparseCategoricalCrossentropy) and loss.from_logits


def test_several_networks(built, source_of):
    port = built("adversarial")
    assert port.model.generator.input_shape == (None, 3)
    assert port.model.generator.layers[-1].activation is keras.activations.tanh
    assert port.model.discriminator.output_shape == (None, 1)
    assert [layer.negative_slope for layer in port.model.discriminator.layers
            if isinstance(layer, keras.layers.LeakyReLU)] == [0.1]
    adam, momentum = port.optimizer_1, port.optimizer_2
    assert (adam.beta_1, adam.beta_2, adam.epsilon) == (0.5, 0.999, 1e-6)
    assert (momentum.momentum, momentum.nesterov) == (0.6, True)
    assert float(momentum.learning_rate) == pytest.approx(0.01)
    source = source_of("adversarial")
    assert "drawn in TensorFlow 1: uniform from -2.0 to 1.0" in source
    assert "weights are clipped to [-0.03, 0.03]: 4 of them" in source
    with pytest.raises(NotImplementedError, match="to be filled in"):
        port.step(None)


@pytest.mark.parametrize("network, data, output", [
    ("generator", "random_uniform:0", "generator/Tanh:0"),
    ("discriminator", "real:0", "discriminator/output/BiasAdd:0")])
def test_networks_compute_what_the_program_does(built, captured_program, network, data, output):
    captured = captured_program("adversarial")
    call, model = captured.calls[0], getattr(built("adversarial").model, network)
    for weight in model.weights:
        weight.assign(call.before()["{}/{}".format(network, weight.path)])
    with_replay = replay.Replay(captured)
    with_replay.load(call.before())
    given = with_replay.run(call, fetches=[output, data] if data != "real:0" else [output])
    expected, values = given[output], given.get(data, call.fed().get(data))
    with_replay.close()
    assert model(values).numpy() == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_spectral_norms_are_to_be_filled_in(source_of):
    source = " ".join(source_of("convolution").replace("#", "").split())
    assert ("to be filled in: its kernel divided by its spectral norm, 1 power iteration(s); "
            "keras.layers.SpectralNormalization is another method") in source
    assert 'keras.layers.Conv2D( 4, 3, strides=1, padding="same", activation="relu"' in source


def test_clipping_by_global_norm(source_of):
    assert "keras.optimizers.SGD(learning_rate=0.25, global_clipnorm=1.5)" in source_of("recurrent")


@pytest.mark.parametrize("line", [
    "learning_rate=0.125, beta_1=0.8, beta_2=0.99, epsilon=1e-05)",
    "keras.optimizers.SGD(learning_rate=0.3, momentum=0.85)",
    "rho=0.75, momentum=0.0, epsilon=1e-10, centered=True)",
    "keras.optimizers.Adagrad(",
    "learning_rate=0.1, initial_accumulator_value=0.3, epsilon=0.0)",
    "keras.optimizers.Adadelta(learning_rate=0.5, rho=0.91, epsilon=1e-06)",
    "l1_regularization_strength=0.02, l2_regularization_strength=0.03",
    "PolynomialDecay(0.4, 50, 0.1, 2.0)",
    "PiecewiseConstantDecay([5, 9], [0.3, 0.2, 0.1])",
    "InverseTimeDecay(0.6, 7, 0.5, staircase=False)",
    "CosineDecay(0.9, 40, 0.05)",
    "keras.optimizers.SGD(learning_rate=0.1, clipnorm=2.5)",
    "to be filled in: gradients are clipped by value to [-0.5, 0.75]",
    "to be filled in: gradients are multiplied by 0.125",
    "to be filled in: gradients are plus 0.02 times the variable",
    "learning_rate=0.03, beta_1=0.85, beta_2=0.95, epsilon=1e-07)",
    "keras.optimizers.SGD(learning_rate=0.04, momentum=0.65)",
    "to be filled in: an optimiser as `hand-written Adam without bias correction`"])
def test_optimizer_lines(source_of, line):
    assert line in source_of("optimizers")


@pytest.mark.parametrize("line", [
    "keras.layers.DepthwiseConv2D(",
    "3, depth_multiplier=3, strides=1, padding=\"valid\", use_bias=False,",
    "5, 2, strides=2, padding=\"same\", use_bias=False,",
    "keras.layers.LayerNormalization(epsilon=1e-05, name=\"norm\")",
    "momentum=1.0, epsilon=0.004, scale=False, name=\"batch\")",
    "training never moves its averages in TensorFlow 1: momentum 1",
    "keras.layers.Dense(3, activation=\"elu\", use_bias=False, name=\"dense\")",
    "to be filled in: other [] with variable `temperature`"])
def test_layer_lines(source_of, line):
    assert line in source_of("layers")


@pytest.mark.parametrize("line", [
    "4, return_sequences=True, unit_forget_bias=True, zero_output_for_mask=True, "
    'name="first_fw_lstm_cell")(embedding_lookup)',
    "4, return_sequences=True, go_backwards=True, unit_forget_bias=True, "
    'zero_output_for_mask=True, name="first_bw_lstm_cell")(embedding_lookup)',
    "first_bw_lstm_cell_in_order = keras.ops.flip(first_bw_lstm_cell, axis=1)",
    "keras.layers.Concatenate(axis=-1)([first_fw_lstm_cell, first_bw_lstm_cell_in_order])",
    'keras.layers.LSTM(6, unit_forget_bias=True, name="second_fw_lstm_cell")(concat)',
    '6, go_backwards=True, unit_forget_bias=True, name="second_bw_lstm_cell")(concat)',
    "keras.layers.GRU(2, reset_after=False,",
    "to be filled in: mask=, True before the end of each sequence, from the lengths `ends`"])
def test_loops_over_time(source_of, line):
    source = " ".join(source_of("both_ways").replace("#", "").split())
    assert line in source.replace("( ", "(")


def test_outputs_that_stay_backwards_and_the_other_state_of_an_lstm(source_of):
    source = " ".join(source_of("from_the_end").split())
    assert "return_sequences=True, go_backwards=True" in source and "flip" not in source
    assert 'to_be_filled_in("Exit `state/while/Exit_3`")' in source


def test_cells_of_one_loop_are_turned_once_and_ragged_reversals_are_left_open(source_of):
    source = " ".join(source_of("stacked_from_the_end").split())
    assert source.count("go_backwards=True") == 1
    assert "2, return_sequences=True, go_backwards=True" in source
    assert "6, return_sequences=True, unit_forget_bias=True" in source
    assert "keras.layers.LSTM( 4" not in source and "keras.layers.LSTM(4" not in source


def test_lines_break_after_commas_outside_brackets():
    units = "1" * 52
    line = '    x = keras.layers.Dense({}, kernel_initializer=f(0.0, 0.1), name="a, b")(y)'.format(
        units)
    assert networks.broken(line).splitlines() == [
        "    x = keras.layers.Dense(",
        "        {}, kernel_initializer=f(0.0, 0.1),".format(units),
        '        name="a, b")(y)']
    assert networks.broken("    x = f(1)") == "    x = f(1)"


def test_attention_is_written_by_its_products(source_of):
    source = source_of("causal")
    assert "matmul = keras.ops.matmul(query, keras.ops.swapaxes(key, -1, -2))" in source
    assert "matmul_1 = keras.ops.matmul(softmax, value)" in source
    assert "strided_slice = matmul_1[:, -2]" in source
    assert "to be filled in: other" not in source
    heads = source_of("several_heads")
    assert heads.count("keras.ops.matmul(") == 2


def test_a_call_that_only_moves_averages_says_how_keras_does(captured_program):
    captured = captured_program("real_first")
    found = networks.read(captured)
    comment, = skeleton._moved(captured, found, ["discriminator/norm/moving_mean"])
    assert comment.strip() == (
        "#   moves averages: self.model.discriminator, called with training=True")
    assert skeleton._moved(captured, found, ["generator/hidden/kernel"]) == []
