"""Correct ports on stock Keras are never different; with one fault each they are, where it sits."""

import pytest

from parity.judge import differences
from parity.judge import findings
from parity.selftest import pairs
from tests.parity.pair import verifications

SEEDS = range(5)
# One of each module, of those that take the least time: they are verified, without their seeds, by
# every test run, as are those of the golden files. The others are by the whole suite, and by
# `python -m parity.selftest`.
QUICK = {
    "activations": ("prelu",),
    "attention": ("self_attention",),
    "images": ("resized_by_centers",),
    "layers": ("batch_norm_fused",),
    "losses": ("softmax",),
    "masked_words": ("masked_words",),
    "optimizers": ("nesterov",),
    "random_numbers": ("dropout", "dropouts_named_backwards"),
    "sequences": ("embedding_adagrad",),
    "spectral": ("one_iteration",),
    "training": ("clip_by_global_norm",),
    "two_batches": ("generated_first",),
    "updates": ("gradient_penalty", "ungated"),
    "weighted": ("squares_weighted",)}
# Modules of which each pair is of several networks: by the whole suite.
SLOW_GROUPS = {"conditional", "translation"}
# One fault at each rung of a step; own/test_faults has one of the structure.
QUICK_FAULTS = (
    "layers.convolutions", "losses.softmax_smoothed",
    "training.clip_by_global_norm", "optimizers.adagrad", "layers.batch_norm_of_rows",
    "optimizers.momentum")
# {pair: (what the port has, what it has instead, the rung and a part of the name of the tensor
# where it first differs)}
FAULTS = {
    "losses.softmax_smoothed": ("label_smoothing=0.1", "label_smoothing=0.2", 4, "value"),
    "losses.sigmoid_weighted": ("0.3 * cross", "1.0 * cross", 4, ""),
    "losses.mean_squared": ("MeanSquaredError()", "MeanSquaredError(reduction=\"sum\")", 4, ""),
    "losses.huber": ("delta=0.7", "delta=1.0", 4, ""),
    "losses.half_l2": ("_network(2, keras.regularizers.L2(0.01))", "_network(2)", 4, ""),
    "optimizers.momentum": ("momentum=0.9)", "momentum=0.99)", 8, "hidden/kernel"),
    "optimizers.nesterov": (", nesterov=True", "", 6, "hidden/"),
    "optimizers.adam": ("Adam(0.01, epsilon=1e-8)", "Adam(0.01, epsilon=1e-4)", 6, "hidden/"),
    "optimizers.adam_of_gans": ("beta_1=0.5", "beta_1=0.9", 7, "@m"),
    "optimizers.rmsprop": ("rho=0.9, epsilon", "rho=0.99, epsilon", 6, "hidden/"),
    "optimizers.rmsprop_centered": (",\n" + " " * 28 + "centered=True", "", 6, ""),
    "optimizers.adagrad": ("Adagrad(0.1", "Adagrad(0.11", 6, "hidden/"),
    "layers.batch_norm_not_fused": ("epsilon=1e-5", "epsilon=1e-3", 3, "norm"),
    "layers.batch_norm_of_rows": ("BatchNormalization(name",
                                  "BatchNormalization(momentum=0.9, name", 7, "norm/moving_"),
    "layers.batch_norm_by_hand": ("BatchNormalization(momentum=0.9, ",
                                  "BatchNormalization(momentum=0.9, center=False, ", 1, "beta"),
    "layers.convolutions": ("activation=\"relu\", name=\"second\"",
                            "activation=\"elu\", name=\"second\"", 3, "second"),
    "layers.pooling": ("AveragePooling2D(2, strides=1)", "MaxPooling2D(2, strides=1)", 3, "logits"),
    "layers.leaky_relu": ("negative_slope=0.1", "negative_slope=0.3", 3, "conv/activation"),
    "layers.layer_norm": ("epsilon=1e-6", "epsilon=1e-3", 3, "norm"),
    "two_batches.generated_first": ("momentum=0.9,", "momentum=0.99,", 7, "norm/moving_"),
    "layers.without_names": ("activation=\"tanh\")(net)\n    return", "activation=\"relu\")(net)\n"
                             "    return", 3, ""),
    "training.staircase": (", staircase=True))\n\n\ndef piece", "))\n\n\ndef piece", 8, "hidden/"),
    # In the one step that is not compared but for what a free run shows.
    "training.piecewise_constant": ("[1, 4], [0.5", "[1, 2], [0.5", 8, "hidden/"),
    "training.momentum_on_a_schedule": ("_trained(Momentum(rate, momentum=0.9))",
                                        "_trained(keras.optimizers.SGD(rate, momentum=0.9))", 8,
                                        "hidden/"),
    "training.clip_by_global_norm": ("global_clipnorm=1.0", "clipnorm=1.0", 5, ""),
    "training.averaged_weights": ("Averaging(0.01", "keras.optimizers.Adam(0.01", 7, "@average"),
    "training.discriminator_first": ("g_loss = _cross_entropy(self.discriminator(self._generated())"
                                     ", 1.0)", "g_loss = -_cross_entropy(self.discriminator("
                                     "self._generated()), 0.0)", 4, "phase 2"),
    "random_numbers.dropout": ("Dropout(0.4)", "Dropout(0.6)", 3, "out"),
    "random_numbers.latent": ("0.5 * log_variance", "log_variance", 3, "/input"),
    "sequences.embedding_adam": ("_summed(keras.optimizers.Adam)(", "keras.optimizers.Adam(", 6,
                                 "embedding"),
    "sequences.embedding_momentum": ("RowsOfTheBatch(0.1, momentum", "keras.optimizers.SGD(0.1, "
                                     "momentum", 8, "embedding"),
    "sequences.lstm": ("_recurrent(_lstm())", "_recurrent(_lstm("
                       "recurrent_activation=\"tanh\"))", 3, "logits"),
    "sequences.gru": ("_gru(),\n                      optimizer=keras.optimizers.Adam(0.01",
                      "_gru(),\n                      optimizer=keras.optimizers.Adam(0.02", 6,
                      "gru"),
}


@pytest.fixture
def verified(ports):
    """The `Ports` of all tests."""
    return ports


def _cases():
    """(pair, seed): slow but for the first seed of what is quick."""
    for pair in pairs.NAMES:
        group, name = pair.split(".")
        for seed in SEEDS:
            is_quick = not seed and name in QUICK.get(group, ())
            yield pytest.param(pair, seed, marks=() if is_quick else pytest.mark.slow)


def test_every_port_has_its_program():
    assert len(pairs.NAMES) >= 120
    for group in pairs.GROUPS:
        assert pairs.functions("programs", group) == pairs.functions("ports", group)


@pytest.mark.parametrize("pair,seed", _cases())
def test_a_correct_port_is_the_same_model(verified, pair, seed):
    result = verified(pair, seed)
    assert findings.exit_status([result]) == 0, result.first_difference
    for dtype in ("float32", "float64"):
        for rung in (1, 3, 5, 6, 8):
            assert result.rung(rung, dtype) in (differences.IDENTICAL, differences.ROUNDING,
                                                differences.CONSTANTS), (rung, dtype)


@pytest.mark.slow
def test_seeds_are_other_runs(verified):
    curves = [next(iter(verified("losses.softmax", seed).curves["losses"].values()))
              for seed in SEEDS]
    assert len({reference[0] for reference, _ in curves}) == len(SEEDS)


def test_what_is_quick_is_there():
    assert {f"{group}.{name}" for group, names in QUICK.items() for name in names} <= {*pairs.NAMES}
    assert {*QUICK} == {*pairs.GROUPS} - SLOW_GROUPS and {*QUICK_FAULTS} <= {*FAULTS}


@pytest.mark.parametrize("pair", [pytest.param(
    pair, marks=() if pair in QUICK_FAULTS else pytest.mark.slow) for pair in sorted(FAULTS)])
def test_a_fault_is_the_first_difference(verified, pair, monkeypatch):
    # No cause is looked for, which takes longer than all the rest: test_causes does.
    verifications.search_no_causes(monkeypatch)
    right, wrong, rung, tensor = FAULTS[pair]
    result = verified(pair, modern=(right, wrong))
    assert findings.exit_status([result]) == (2 if rung == 1 else 1)
    first = result.first_difference
    assert (first.rung, first.verdict) == (rung, differences.DIFFERENT), first
    assert tensor in first.tensor
