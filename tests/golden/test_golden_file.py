"""Golden files: the same bytes for the same run, and every way in which two runs can differ."""

import json

import numpy as np
import pytest

from tests.golden import golden_file


def curves(steps):
    """Losses of steps, and a variable of 20 numbers after those that are stored, of a run."""
    taken = golden_file.Curves()
    for step in range(steps + 1):
        if step:
            taken.add_losses({"joint": {"generator": np.float64(step)}})
        if step in golden_file.STEPS:
            taken.add_weights({"kernel": 1 + step + np.arange(20.0).reshape(4, 5)})
    return taken.arrays()


@pytest.fixture(name="golden")
def fixture_golden():
    return curves(200)


def test_losses_and_norms_and_sixteen_numbers_of_a_variable_are_kept(golden):
    assert set(golden) == {"losses/joint/generator", "norms/kernel", "entries/kernel"}
    assert golden["losses/joint/generator"].tolist() == [float(step) for step in range(1, 201)]
    stored = np.array(golden_file.STEPS, float)[:, None]
    every = 1 + stored + np.arange(20.0)
    np.testing.assert_array_equal(golden["norms/kernel"], [np.linalg.norm(row) for row in every])
    # Evenly spaced, the first and the last among them.
    chosen = [0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13, 15, 16, 17, 19]
    np.testing.assert_array_equal(golden["entries/kernel"], every[:, chosen])


def test_a_small_variable_is_kept_whole():
    taken = golden_file.Curves()
    taken.add_weights({"bias": np.array([3.0, 4.0])})
    assert {name: value.tolist() for name, value in taken.arrays().items()} == {
        "entries/bias": [[3.0, 4.0]], "norms/bias": [5.0]}


def test_what_is_written_is_read_again(golden, tmp_path):
    path = tmp_path / "case.npz"
    path.write_bytes(golden_file.content({"case": "c", "seed": 1}, golden))
    header, curves = golden_file.read(str(path))
    assert header == {"case": "c", "seed": 1, "format": 1, "stored_steps": list(golden_file.STEPS)}
    assert {name: array.tolist() for name, array in curves.items()} == {
        name: array.tolist() for name, array in golden.items()}
    assert golden_file.content(header, curves) == path.read_bytes()


def test_the_same_run_gives_the_same_bytes(golden):
    reverse = dict(reversed(golden.items()))
    assert golden_file.content({"a": 1, "b": 2}, golden) == golden_file.content(
        {"b": 2, "a": 1}, reverse)


def test_another_format_is_refused(golden, tmp_path, monkeypatch):
    monkeypatch.setattr(golden_file, "FORMAT", 2)
    path = tmp_path / "case.npz"
    path.write_bytes(golden_file.content({}, golden))
    monkeypatch.undo()
    with pytest.raises(ValueError, match="case.npz: expected format 1, received 2"):
        golden_file.read(str(path))


def test_equal_runs_do_not_differ_at_any_step(golden):
    found = golden_file.differences(golden, curves(200))
    assert len(found) == 200 + 9 + 9
    assert max(found).relative == 0


@pytest.mark.parametrize("name, index, step", [
    ("losses/joint/generator", 6, 7), ("entries/kernel", (5, 1), 20), ("norms/kernel", 8, 200)])
def test_a_difference_has_its_step_and_name(golden, name, index, step):
    other = {key: values.copy() for key, values in golden.items()}
    other[name][index] *= 1 + 1e-9
    worst = max(golden_file.differences(golden, other))
    assert (worst.step, worst.name) == (step, name)
    assert 1e-10 < worst.relative <= 1.0001e-9


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_differs(golden, value):
    other = dict(golden, **{"norms/kernel": golden["norms/kernel"] * value})
    assert max(golden_file.differences(golden, other)).relative == np.inf


def test_anything_differs_from_zero(golden):
    expected = dict(golden, **{"norms/kernel": golden["norms/kernel"] * 0})
    assert max(golden_file.differences(expected, golden)).relative == np.inf
    assert max(golden_file.differences(expected, expected)).relative == 0


def test_a_shorter_run_is_compared_as_far_as_it_goes(golden):
    found = golden_file.differences(golden, curves(20))
    assert len(found) == 20 + 6 + 6
    assert max(each.step for each in found) == 20


def test_a_variable_that_only_one_run_has_is_named(golden):
    with pytest.raises(ValueError, match="in one run only: norms/bias"):
        golden_file.differences(golden, dict(golden, **{"norms/bias": golden["norms/kernel"]}))


def test_another_shape_is_named(golden):
    other = dict(golden, **{"entries/kernel": golden["entries/kernel"][:, :2]})
    with pytest.raises(ValueError, match=r"entries/kernel: expected shape \(9, 16\), received"):
        golden_file.differences(golden, other)


def test_the_header_is_json(golden, tmp_path):
    path = tmp_path / "case.npz"
    path.write_bytes(golden_file.content({"cpu": golden_file.cpu()}, golden))
    with np.load(str(path)) as file:
        assert json.loads(file["header"].tobytes())["cpu"] == golden_file.cpu() != ""
