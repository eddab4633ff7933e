"""The file: what is written is read again, and what is not as it was written is refused."""

import numpy as np
import pytest

from parity.golden import file
from parity.golden import layout
from parity.judge import sketch
from parity.judge.compared import NoiseFloor
from parity.trace import file as traces
from tests.support import members

HEADER = {"description": {"variables": [], "updates": [], "inputs": [], "bends": [], "phases": 1},
          "pair": "port.py:build",
          "port": {}, "exchanged": [], "dtypes": ["float32", "float64"], "steps": [0], "seed": 1,
          "given": {}, "batches": "", "draws": {}, "kept": {}, "initial": {}, "rates": {},
          "inference": "", "unexercised": [], "left_out": []}


def arrays(dtype):
    random = np.random.RandomState(0)
    before, move, loss = (random.standard_normal(shape).astype(dtype)
                          for shape in ((20, 5), (20, 5), (64,)))
    return [layout.Array("after/0/w", before + move, before, NoiseFloor(1e-15, 2e-8, 0.0)),
            layout.Array("loss/0/0/each:0", loss), layout.Array("after/0/b", move[0, :2])]


@pytest.fixture(name="path")
def fixture_path(tmp_path):
    path = str(tmp_path / "golden.npz")
    said, content = file.packed({dtype: arrays(dtype) for dtype in HEADER["dtypes"]})
    file.write(path, dict(HEADER, **said), content)
    return path


@pytest.mark.parametrize("dtype", HEADER["dtypes"])
def test_sketches_floors_and_moves_are_read_as_they_were_written(path, dtype):
    found = file.read(path).reference(dtype)
    weight, loss, bias = arrays(dtype)
    for each in (weight, loss, bias):
        made = file.sketched(each.name, each.value)
        assert sketch.same(found[each.name], made) and found[each.name].dtype == dtype
        assert np.asarray(found[each.name]).tobytes() == np.asarray(made).tobytes()
    assert found["after/0/w"].moved == pytest.approx(
        np.linalg.norm(weight.value - weight.before), rel=0.02)
    assert found["noise_after/0/w"] == pytest.approx(1e-15, rel=0.03)
    assert found["allowed_after/0/w"] == pytest.approx(2e-8, rel=0.03)
    assert found["bent_after/0/w"] == 0.0
    np.testing.assert_array_equal(found["loss/0/0/each:0"], loss.value)  # whole


def refused(path):
    with pytest.raises(traces.DamagedTrace) as error:
        file.read(path)
    assert "\n" not in str(error.value) and str(error.value).startswith(f"{path}: expected ")
    return str(error.value)


def test_a_file_that_is_cut_anywhere_is_refused(path):
    with open(path, "rb") as content:
        whole = content.read()
    for length in range(0, len(whole), 37):
        with open(path, "wb") as cut:
            cut.write(whole[:length])
        refused(path)


def test_a_file_of_which_a_byte_is_another_is_refused_or_the_same(path):
    with open(path, "rb") as content:
        whole = bytearray(content.read())
    expected = file.read(path).header
    for place in range(0, len(whole), 13):
        with open(path, "wb") as altered:
            altered.write(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1:])
        try:  # dates and the like stand in a zip, too
            assert file.read(path).header == expected
        except traces.DamagedTrace as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize("name", ["float64", "sizes", "digests"])
def test_a_number_that_was_changed_is_refused(path, name):
    with np.load(path) as content:
        held = {key: content[key] for key in content.files}
    held[name].flat[0] += 1
    np.savez(path, **held)
    assert "expected a golden file as it was written" in refused(path)


@pytest.mark.parametrize("name", ["float64", "header"])
def test_a_member_that_is_no_array_is_refused(path, name):
    members.without_magic(path, name)
    assert f"expected a golden file, received {name}, which is no array" in refused(path)


def test_other_files_are_refused(path, tmp_path):
    golden = file.read(path)
    said = {key: golden.header[key] for key in ("names", "numbers")}
    np.savez(tmp_path / "arrays.npz", x=np.zeros(3))
    assert "received arrays without a header" in refused(str(tmp_path / "arrays.npz"))
    assert "received no such file: missing.npz" in refused(str(tmp_path / "missing.npz"))
    traces.write(str(tmp_path / "trace.npz"), {"side": "port", "pair": "", "dtype": "float32",
                                               "steps": [0], "description": {}}, {})
    assert "received a trace" in refused(str(tmp_path / "trace.npz"))
    other = str(tmp_path / "other.npz")
    for key, value, said_of_it in (("seed", "x", "a header with seed, received x"),
                                   ("description", {"variables": 3}, "expected variables")):
        file.write(other, {**HEADER, **said, key: value}, {})
        assert said_of_it in refused(other)


def test_another_format_is_refused(path, monkeypatch):
    monkeypatch.setattr(file, "FORMAT", 2)
    assert "expected a golden file of format 2, received 1" in refused(path)
