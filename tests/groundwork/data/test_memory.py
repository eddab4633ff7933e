"""Tests of groundwork.data.memory."""

import pytest

from groundwork.data import memory
from groundwork.errors import UsageError


def refusal(*arguments):
    with pytest.raises(UsageError) as caught:
        memory.check(*arguments)
    return str(caught.value)


def free(monkeypatch, tmp_path, text):
    (tmp_path / "meminfo").write_text(text)
    monkeypatch.setattr(memory, "_CONTAINER_LIMITS", ())
    monkeypatch.setattr(memory, "_MEMINFO", str(tmp_path / "meminfo"))


def test_more_than_the_flag_allows_is_refused(monkeypatch, tmp_path):
    free(monkeypatch, tmp_path, "MemTotal: 9 kB\nMemAvailable:   2 kB\nCached: 5 kB\n")
    memory.check("a.npz", 100, 100)
    assert refusal("a.npz", 101, 100) == (
        "a.npz: expected data of at most 100 bytes in memory (--max_data_bytes), received 101 "
        "bytes")


def test_more_than_is_free_is_refused(monkeypatch, tmp_path):
    free(monkeypatch, tmp_path, "MemTotal: 9 kB\nMemAvailable:   2 kB\nCached: 5 kB\n")
    memory.check("a.npz", 2048, 10000)
    assert refusal("a.npz", 2049, 10000) == (
        "a.npz: expected data of at most 2048 bytes, which are free in memory, received 2049 bytes")
    assert [memory.holds(size, 10000) for size in (2048, 2049)] == [True, False]
    assert [memory.holds(size, 10) for size in (10, 11)] == [True, False]


@pytest.mark.parametrize("text", ["", "MemTotal: 9 kB\n", "MemAvailable:\n",
                                  "MemAvailable: x kB\n"])
def test_where_free_memory_is_unknown_the_flag_alone_decides(monkeypatch, tmp_path, text):
    free(monkeypatch, tmp_path, text)
    memory.check("a.npz", 10 ** 15, 10 ** 15)
    monkeypatch.setattr(memory, "_CONTAINER_LIMITS", ())
    monkeypatch.setattr(memory, "_MEMINFO", str(tmp_path / "none"))
    memory.check("a.npz", 10 ** 15, 10 ** 15)
    assert memory.holds(10 ** 15, 10 ** 15)
