"""Arrays in files: of a job, read by prefix; of recorders, read by threads."""

import ast
import concurrent.futures
import time

import numpy as np
import pytest

from parity.common import arrays


@pytest.fixture(name="paths")
def fixture_paths(tmp_path):
    """Two files; what stands in both is 2 in the later one."""
    paths = [str(tmp_path / name) for name in ("first.npz", "second.npz")]
    for path, held in zip(paths, ({"state/b": 1, "state/a": 1, "fed/x": 7}, {"state/a": 2})):
        with arrays.Writer(path) as write:
            for name, value in held.items():
                write(name, np.full(3, value))
    return paths


def test_what_stands_under_a_prefix_comes_in_the_order_of_writing(paths):
    given = arrays.Given(paths)
    assert [(name, value.tolist()) for name, value in given.each("state/")] == [
        ("b", [1, 1, 1]), ("a", [2, 2, 2])]
    assert {name: value[0] for name, value in given.under("fed/").items()} == {"x": 7}
    assert given.under("other/") == {}
    assert list(arrays.Given(paths[:1]).under("state/")["a"]) == [1, 1, 1]


def test_what_is_written_is_an_npz(paths):
    with np.load(paths[0]) as file:
        assert sorted(file.files) == ["fed/x", "state/a", "state/b"]
        assert file["state/a"].tolist() == [1, 1, 1]


def test_nothing_is_pickled(tmp_path):
    with pytest.raises(ValueError), arrays.Writer(str(tmp_path / "a.npz")) as write:
        write("a", np.array([None]))


def test_strings_of_bytes_come_back_as_they_were(tmp_path):
    path, strings = str(tmp_path / "a.npz"), np.empty((2, 2), object)
    strings[:] = [[b"", b"longer \xff\n"], [b"zeros at the end\0\0", b"."]]
    with arrays.Writer(path) as write:
        write("input/0/0/text:0", strings)
        write("none", np.empty((0, 2), object))
        write("short", np.array([b"a", b"bc"]))
    with arrays.Stored(path) as stored:
        assert stored["input/0/0/text:0"].tolist() == strings.tolist()
        assert stored["none"].shape == (0, 2) and stored["short"].tolist() == [b"a", b"bc"]
    (name, given), = arrays.Given([path]).each("input/")
    assert (name, given.dtype, given.tolist()) == ("0/0/text:0", object, strings.tolist())


def test_what_is_pickled_is_not_read(tmp_path):
    np.savez(tmp_path / "a.npz", **{"state/a": np.array([None])})
    with pytest.raises(ValueError, match="allow_pickle=False"):
        arrays.Given([str(tmp_path / "a.npz")]).under("state/")


def test_stored_arrays_are_a_mapping_that_reads_what_is_accessed(tmp_path):
    path = str(tmp_path / "some.npz")
    np.savez(path, one=np.arange(3.0), **{"a/b": np.zeros((2, 0), np.int64)})
    with arrays.Stored(path) as stored:
        assert sorted(stored) == ["a/b", "one"] and len(stored) == 2
        assert "one" in stored and "two" not in stored
        np.testing.assert_array_equal(stored["one"], [0.0, 1.0, 2.0])
        assert stored["a/b"].shape == (2, 0) and stored.get("two") is None
        with pytest.raises(KeyError):
            stored["two"]


def test_threads_read_one_array_at_a_time(tmp_path, monkeypatch):
    path = str(tmp_path / "some.npz")
    np.savez(path, one=np.arange(3.0))
    reading, together, parse = [], [], ast.literal_eval

    def slow(text):
        reading.append(text)
        time.sleep(0.01)
        together.append(len(reading))
        reading.pop()
        return parse(text)

    monkeypatch.setattr(ast, "literal_eval", slow)
    with arrays.Stored(path) as first, arrays.Stored(path) as second, (
            concurrent.futures.ThreadPoolExecutor(4)) as threads:
        read = list(threads.map(lambda number: (first, second)[number % 2]["one"], range(8)))
    assert together == 8 * [1]
    assert all(np.array_equal(array, np.arange(3.0)) for array in read)
