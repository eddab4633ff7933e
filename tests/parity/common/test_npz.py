"""Files of arrays: whole, or an error that callers know."""

import zipfile

import numpy as np
import pytest

from parity.common import npz
from tests.support import members

ARRAYS = {"x": np.arange(6.0).reshape(2, 3), "a/step": np.int64(7)}


@pytest.fixture(name="path")
def fixture_path(tmp_path):
    np.savez(tmp_path / "held.npz", **ARRAYS)
    return str(tmp_path / "held.npz")


def _altered(path, local, central, value):
    """Puts a byte at a place of each header of the zip file, before and in its directory."""
    with open(path, "rb") as file:
        content = bytearray(file.read())
    for mark, place in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
        start = content.find(mark)
        while start >= 0:
            content[start + place] = value
            start = content.find(mark, start + 4)
    with open(path, "wb") as file:
        file.write(content)


def test_arrays_come_back(path):
    found = npz.read(path)
    assert list(found) == list(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype


@pytest.mark.parametrize("damage", [
    lambda path: _altered(path, 8, 10, 99),  # a method of compression that does not exist
    lambda path: _altered(path, 8, 10, zipfile.ZIP_LZMA),
    lambda path: _altered(path, 6, 8, 1),  # encrypted
    lambda path: members.without_magic(path, "x"),
    lambda path: open(path, "w").close(),
], ids=["method 99", "LZMA that is none", "encrypted", "no array", "empty"])
def test_all_else_is_an_error_that_callers_know(path, damage):
    damage(path)
    with pytest.raises(npz.UNREADABLE):
        npz.read(path)
