"""Other batches for a capture: what fits is written, what does not is said in one line."""

import numpy as np
import pytest

from parity import command_line
from parity import workers
from parity.pair import batches

FUNCTIONS = '''
import numpy as np

def good(step):
    return {"x": np.full((5, 3), step), "labels:0": [step] * 5}

def raises(step):
    raise ValueError("no more data")

def nothing(step):
    return None

def listed(step):
    return [1]
'''


def described(drawn=False):
    return {"drawn": drawn, "inputs": [
        {"tensor": "in/x:0", "shape": [8, 3], "open": [None, 3], "dtype": "float32"},
        {"tensor": "labels:0", "shape": [8], "open": [None], "dtype": "int32"},
        {"tensor": "Iterator:1", "shape": [8, 2], "open": None, "dtype": "float32"}]}


@pytest.fixture
def written(tmp_path):
    """Function (batches, whether numbers are drawn, steps) that returns what was written."""
    def write(given, drawn=False, count=2):
        if isinstance(given, dict):
            np.savez(tmp_path / "given.npz", **given)
            given = str(tmp_path / "given.npz")
        batches.written(given, described(drawn), count, str(tmp_path / "out.npz"))
        return dict(np.load(tmp_path / "out.npz"))
    return write


@pytest.fixture
def functions(tmp_path):
    """Function (name) of a path to a function of a file."""
    (tmp_path / "feeding_functions.py").write_text(FUNCTIONS)
    return lambda name: f"{tmp_path / 'feeding_functions.py'}:{name}"


def test_steps_of_a_file_come_round(written):
    x = np.arange(2 * 4 * 3, dtype=np.float64).reshape(2, 4, 3)
    found = written({"in/x": x}, count=3)
    assert sorted(found) == ["0/in/x:0", "1/in/x:0", "2/in/x:0"]
    assert found["0/in/x:0"].dtype == np.float32
    np.testing.assert_array_equal(found["1/in/x:0"], x[1])
    np.testing.assert_array_equal(found["2/in/x:0"], x[0])


def test_a_function_of_the_step_names_inputs_by_tensor_operation_or_its_last_part(
        written, functions):
    found = written(functions("good"))
    np.testing.assert_array_equal(found["1/in/x:0"], np.ones((5, 3), np.float32))
    np.testing.assert_array_equal(found["1/labels:0"], np.ones(5, np.int32))


@pytest.mark.parametrize("given,said", [
    ({"y": np.zeros((2, 4, 3))}, "expected inputs such as in/x, labels, Iterator:1, received y"),
    ({"in/x": np.zeros((2, 4, 5))},
     "expected in/x of float32 [?, 3], received float64 [4, 5] at step 1"),
    ({"in/x": np.zeros((2, 4))}, "expected in/x of float32 [?, 3], received float64 [4] at step 1"),
    ({"labels": np.zeros((2, 4))}, "expected labels of int32 [?], received float64 [4] at step 1"),
    ({"Iterator:1": np.zeros((2, 4, 2))},
     "expected Iterator:1 of float32 [8, 2], received float64 [4, 2] at step 1"),
    ({"x": np.float64(1)}, "expected x of shape [steps, ...], received []")])
def test_what_does_not_fit_is_said(written, given, said):
    with pytest.raises(command_line.UsageError, match="^--batches=") as error:
        written(given)
    assert str(error.value).endswith(said)


def test_where_numbers_are_drawn_a_batch_keeps_its_size(written):
    assert len(written({"x": np.zeros((1, 8, 3))}, drawn=True)) == 2
    with pytest.raises(command_line.UsageError, match="as the numbers that were drawn for it"):
        written({"x": np.zeros((1, 5, 3))}, drawn=True)


def test_functions_that_fail_or_return_no_batch_are_said(written, functions):
    with pytest.raises(workers.RecorderError, match=r"no more data \(.*functions.py:8\)$"):
        written(functions("raises"))
    with pytest.raises(command_line.UsageError, match="of a step, received nothing"):
        written(functions("nothing"))
    with pytest.raises(command_line.UsageError, match="of a step, received list"):
        written(functions("listed"))
    with pytest.raises(command_line.UsageError, match="expected a function, received no such name"):
        written(functions("missing"))


@pytest.mark.parametrize("name", ["no_such.npz", "no_such.py:function"])
def test_files_that_are_not_there_are_said(name):
    with pytest.raises(command_line.UsageError, match="received no such file"):
        batches.check(name)


def test_a_damaged_file_is_said(written, tmp_path):
    (tmp_path / "damaged.npz").write_bytes(b"no zip")
    with pytest.raises(command_line.UsageError, match="expected an .npz file of arrays"):
        written(str(tmp_path / "damaged.npz"))
