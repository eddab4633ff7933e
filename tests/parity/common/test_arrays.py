"""Arrays of a job, read by prefix from several files."""

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


def test_what_is_pickled_is_not_read(tmp_path):
    np.savez(tmp_path / "a.npz", **{"state/a": np.array([None])})
    with pytest.raises(ValueError, match="allow_pickle=False"):
        arrays.Given([str(tmp_path / "a.npz")]).under("state/")
