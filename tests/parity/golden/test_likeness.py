"""Arrays that are drawn anew, like others."""

import json

import numpy as np
import pytest

from parity.golden import likeness


def again(array, name="before/0/w", seed=1):
    """What is made of the words on an array, once they were JSON."""
    return likeness.made(json.loads(json.dumps(likeness.words(array))), name, seed)


@pytest.mark.parametrize("array", [
    np.float64(0.1), np.int64(7), np.array(True), np.arange(16), np.array([0, 3, 1]),
    np.zeros((40, 3), np.float32), np.full((5, 5), 0.1), np.zeros((0, 3)), np.ones((4, 9), bool)])
def test_single_numbers_few_whole_ones_and_constants_are_what_they_were(array):
    array = np.asarray(array)
    made = again(array)
    assert (made.dtype, made.shape) == (array.dtype, array.shape)
    assert made.tobytes() == array.tobytes()


def test_fractions_stay_within_their_range_and_as_large():
    array = np.random.RandomState(0).uniform(0.01, 0.999999, (400, 30)).astype(np.float32)
    made = again(array)
    assert made.dtype == np.float32 and made.shape == array.shape
    assert array.min() <= made.min() and made.max() <= array.max() < 1.0
    assert abs(made.mean() - array.mean()) < 0.01 and abs(made.std() - array.std()) < 0.01
    assert len(np.unique(made)) > 10_000


def test_of_normal_numbers_the_deviation_is_kept():
    made = again(np.random.RandomState(0).standard_normal(10_000))
    assert abs(made.std() - 1) < 0.02 and abs(made).max() < 1.75


def test_a_variance_stays_positive():
    array = np.float64([1e-12] + [0.5, 1.0, 2.0] * 20)
    assert again(array).min() >= 1e-12


def test_both_precisions_get_the_same_numbers():
    narrow, wide = (likeness.made([dtype, [50], "between", -0.1, 0.3], "before/0/w", 1)
                    for dtype in ("float32", "float64"))
    np.testing.assert_array_equal(wide, narrow)
    assert wide.dtype == np.float64


def test_whole_numbers_take_each_value_of_their_range():
    made = again(np.random.RandomState(0).randint(2, 6, 300))
    assert set(made) == {2, 3, 4, 5}


def test_labels_of_classes_stay_labels_of_classes():
    array = np.eye(10, dtype=np.float32)[np.random.RandomState(0).randint(10, size=64)]
    made = again(array, "input/0/0/y:0")
    assert (made.sum(axis=1) == 1).all() and set(np.unique(made)) == {0, 1}
    assert len(np.unique(made, axis=0)) == 10 and made.tobytes() != array.tobytes()


def test_name_and_seed_decide_the_numbers_on_each_machine():
    words = ["float64", [3], "between", -1, 1]
    np.testing.assert_allclose(
        likeness.made(words, "before/0/w", 1),
        [-0.7223345041275024, -0.7659611105918884, -0.16328579187393188], rtol=1e-15)
    first = likeness.made(words, "before/0/w", 1)
    assert not np.array_equal(first, likeness.made(words, "before/1/w", 1))
    assert not np.array_equal(first, likeness.made(words, "before/0/w", 2))
    assert likeness.made(["int64", [5], "between", 0, 9], "input/0/0/x:0", 1).tolist() == [
        5, 0, 8, 2, 6]


def test_what_a_step_takes_twice_it_takes_drawn_once():
    image = np.random.RandomState(0).uniform(size=(8, 30))
    said = likeness.of({"input/0/0/x:0": image, "input/0/0/label:0": image.copy(),
                        "input/1/0/x:0": image, "before/0/a": np.float64(1),
                        "before/0/b": np.float64(1)})
    assert said["input/0/0/label:0"] == "input/0/0/x:0"
    assert isinstance(said["input/1/0/x:0"], list)  # of another step
    assert said["before/0/a"] == said["before/0/b"] == ["float64", [], "is", [1.0]]
