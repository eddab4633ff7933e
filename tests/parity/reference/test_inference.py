"""A trained program's forward pass without training, where its graph has one."""

import numpy as np
import pytest

from parity.reference import inference


@pytest.mark.parametrize("dtype,tolerance", [("float32", 1e-5), ("float64", 1e-12)])
def test_switches_of_training_are_off(captured_program, dtype, tolerance):
    captured = captured_program("switched")
    call, state = captured.calls[0], captured.calls[0].before()
    assert call.fed()["keep_prob:0"] == 0.5 and call.fed()["is_training:0"]
    hidden = call.fed()["x:0"].astype(dtype) @ state["hidden/kernel"].astype(dtype)
    found = inference.Forward(captured, dtype).outputs()
    assert sorted(found) == ["hidden", "out"]
    np.testing.assert_allclose(found["hidden"], hidden, tolerance, tolerance)
    np.testing.assert_allclose(found["out"], (hidden - 0.25) @ state["out/kernel"].astype(dtype),
                               tolerance, tolerance)
    assert found["out"].dtype == dtype


@pytest.mark.parametrize("name,said", [
    ("adversarial", "a step of the reference has several phases"),
    ("images", "the reference's dropout/random_uniform/RandomUniform has no switch"),
    ("layers", "an example's output of the reference's batch hangs on the others of its batch"),
    ("flagged", "what the reference's flag:0 switches is not known"),
    ("moving", "the reference's forward pass moves variables even so"),
    ("noisy", "whether the reference draws random_normal/RandomStandardNormal when it does not "
              "train is not known")])
def test_where_it_cannot_be_told_it_is_said(captured_program, name, said):
    with pytest.raises(inference.Undecided) as error:
        inference.Forward(captured_program(name), "float32").outputs()
    assert str(error.value).replace("net/", "") == said
