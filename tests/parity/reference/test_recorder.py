"""The recorder of the reference: steps as NumPy computes them, and what a port is paired with.

The program's training operation is a tensor, as slim's is: the updates are run for its sake.
"""

import os

import numpy as np
import pytest

from parity.reference import description
from parity.reference import recording

STEPS = 3
KERNEL, BIAS = "classifier/kernel", "classifier/bias"
SLOTS = {name: name + "/Momentum" for name in (KERNEL, BIAS)}


@pytest.fixture(name="captured", scope="module")
def fixture_captured(captured_program):
    return captured_program("regression")


@pytest.fixture(name="recorded", scope="module", params=["float32", "float64"])
def fixture_recorded(request, captured, tmp_path_factory):
    """(precision, arrays) of three steps, of which the first and the last are compared."""
    out = str(tmp_path_factory.mktemp("recorded") / "steps.npz")
    answer = recording.record({"captured": captured.path, "dtype": request.param, "steps": [0, 2],
                              "free": STEPS, "names": [KERNEL, BIAS], "batches": "",
                              "out": out})
    assert answer == {"draws": {"0": [], "1": [], "2": []}, "varied": False, "unexercised": []}
    with np.load(out) as found:
        return request.param, dict(found)


def expected_run(captured):
    """The same steps: [(state before, loss, logits, gradients, state after)]."""
    state = {name: np.asarray(value, np.float64)
             for name, value in captured.calls[0].before().items()}
    rows = []
    for call in captured.calls:
        x, labels = (np.asarray(call.fed()[name]) for name in ("x:0", "labels:0"))
        before, labels, x = dict(state), labels % 2, x.astype(np.float64)
        logits = x.dot(state[KERNEL]) + state[BIAS]
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        loss, error = -np.mean(np.log(p[np.arange(8), labels])), (p - np.eye(2)[labels]) / 8
        gradients = {KERNEL: x.T.dot(error), BIAS: error.sum(axis=0)}
        for name, gradient in gradients.items():
            state[SLOTS[name]] = 0.9 * state[SLOTS[name]] + gradient
            state[name] = state[name] - 0.25 * state[SLOTS[name]]
        unclipped, state[BIAS] = state[BIAS], np.clip(state[BIAS], 0.0, 0.11)
        rows.append((before, loss, logits, gradients, dict(state)))
    assert not np.array_equal(unclipped, state[BIAS])  # the clipping was at work
    return rows


def test_steps_are_recorded(captured, recorded):
    dtype, arrays = recorded
    rows = expected_run(captured)
    bound = {"rtol": 2e-5 if dtype == "float32" else 2e-7, "atol": 1e-7}
    for step in (0, 2):
        before, loss, logits, gradients, after = rows[step]
        expected = {f"loss/{step}/0/Neg:0": loss, f"output/{step}/0/classifier": logits}
        expected.update((f"gradient/{step}/0/{name}", value) for name, value in gradients.items())
        expected.update((f"before/{step}/{name}", value) for name, value in before.items())
        expected.update((f"after/{step}/{name}", value) for name, value in after.items())
        for name, value in expected.items():
            np.testing.assert_allclose(arrays[name], value, err_msg=name, **bound)
            assert arrays[name].dtype == dtype
        assert arrays[f"rate/{step}/0/{KERNEL}"] == 0.25
    assert "loss/1/0/Neg:0" not in arrays and arrays[f"last_rate/2/0/{BIAS}"] == 0.25


def test_labels_are_what_they_were_in_both_precisions(captured, recorded):
    dtype, arrays = recorded
    for step, call in enumerate(captured.calls):
        labels = arrays[f"input/{step}/0/labels:0"]
        assert labels.dtype == np.int64 and labels.min() >= 2 ** 60
        np.testing.assert_array_equal(labels, call.fed()["labels:0"])
        np.testing.assert_array_equal(arrays[f"input/{step}/0/x:0"], call.fed()["x:0"])


def test_entries_of_the_run_are_where_it_leads(captured, recorded):
    dtype, arrays = recorded
    rows = expected_run(captured)
    assert not any("entries/" + name in arrays for name in SLOTS.values())  # nobody asked
    for name in [KERNEL, BIAS]:
        states = [rows[0][0]] + [row[4] for row in rows]
        np.testing.assert_allclose(arrays["entries/" + name],
                                   [state[name].ravel() for state in states],
                                   rtol=2e-5 if dtype == "float32" else 2e-7, atol=1e-7)


@pytest.fixture(name="described", scope="module")
def fixture_described(captured, tmp_path_factory):
    """(the description, the first step's inputs)."""
    example = str(tmp_path_factory.mktemp("described") / "example.npz")
    found = description.describe({"captured": captured.path, "example": example})
    with np.load(example) as inputs:
        return found, dict(inputs)


def test_a_description_has_variables_and_inputs(captured, described):
    found, example = described
    variables = {entry["name"]: entry for entry in found["variables"]}
    assert set(variables) == {KERNEL, BIAS}  # slots are the updates'
    assert [(variables[name]["role"], variables[name]["shape"], variables[name]["trainable"],
             variables[name]["dtype"], variables[name]["layer"], variables[name]["kind"])
            for name in (KERNEL, BIAS)] == [
        ("kernel", [3, 2], True, "float32", "classifier", "dense"),
        ("bias", [2], True, "float32", "classifier", "dense")]
    inputs = {entry["tensor"]: entry for entry in found["inputs"]}
    assert {name: (entry["shape"], entry["dtype"], entry["taken"])
            for name, entry in inputs.items()} == {
        "x:0": ([8, 3], "float32", True), "labels:0": ([8], "int64", False)}
    np.testing.assert_array_equal(example["x"], captured.calls[0].fed()["x:0"])
    assert (found["steps"], found["phases"], found["forward"], found["drawn"], found["hidden"]) == (
        STEPS, 1, False, False, False)


def test_a_description_has_updates_and_their_lines(described):
    found, _ = described
    assert {update["variable"]: (update["kind"], update["slots"], update["constants"]["momentum"],
                                 update["counter"]) for update in found["updates"]} == {
        name: ("Momentum", {"accum": SLOTS[name]}, pytest.approx(0.9), None) for name in SLOTS}
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs.py")
    with open(path, encoding="utf-8") as file:
        text = file.read().splitlines()
    for name in SLOTS:
        for kind, code in (("updates", "MomentumOptimizer(0.25, 0.9).minimize(loss)"),
                           ("variables", 'tf.get_variable("{}"'.format(name.split("/")[1]))):
            place = found["made"][kind][name]
            file, _, line = place.rpartition(":")
            assert os.path.basename(file) == "programs.py"
            assert code in text[int(line) - 1]
            assert found["made"]["texts"][place] == text[int(line) - 1].strip()


def test_a_description_has_the_lines_of_layers_and_losses(described):
    found, _ = described
    said = {kind: {name: found["made"]["texts"][place] for name, place in
                   found["made"][kind].items()} for kind in ("layers", "losses")}
    loss = "loss = -tf.reduce_mean(tf.reduce_sum(chosen * tf.nn.log_softmax(logits), axis=1))"
    assert said == {"layers": {"classifier": "return tf.nn.bias_add(product, bias)",
                               "classifier/activation": loss}, "losses": {"Neg:0": loss}}
