import contextlib
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

import groundwork
from groundwork.errors import UsageError, WriteError
from groundwork.run.metrics_file import MetricsFile

NAMES = ("generator", "discriminator")
HEADER = b"step,generator,discriminator\n"


def write(path, rows, resume_step=-1, names=NAMES):
    log = MetricsFile(str(path), names, resume_step)
    for step, values in rows:
        log.append(step, dict(zip(names, values)))
    log.close()
    return path.read_bytes()


def test_new_file_has_a_header_and_a_row_a_step(tmp_path):
    content = write(tmp_path / "m.csv", [(1, (0.5, 2)), (np.int64(20), (-0.0, float("nan")))])
    assert content == HEADER + b"1,0.5,2.0\n20,-0.0,nan\n"


def test_columns_are_in_the_order_of_the_names(tmp_path):
    log = MetricsFile(str(tmp_path / "m.csv"), NAMES, 0)
    log.append(1, {"discriminator": 2.0, "generator": 1.0})
    log.close()
    assert (tmp_path / "m.csv").read_bytes() == HEADER + b"1,1.0,2.0\n"


def test_float32_is_written_as_the_float64_it_widens_to(tmp_path):
    content = write(tmp_path / "m.csv", [(1, (np.float32(0.1), np.array(1e-45, np.float32)))])
    assert content == HEADER + b"1,0.10000000149011612,1.401298464324817e-45\n"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_round_trip(tmp_path, dtype):
    random = np.random.RandomState(0)
    values = (random.standard_normal(500) * 10.0 ** random.randint(-40, 38, 500)).astype(dtype)
    content = write(tmp_path / "m.csv", [(i, [x]) for i, x in enumerate(values)], names=["loss"])
    read = [float(line.split(",")[1]) for line in content.decode().splitlines()[1:]]
    np.testing.assert_array_equal(np.array(read).astype(dtype), values)
    np.testing.assert_array_equal(read, values.astype(np.float64))


def test_resuming_drops_later_rows_and_keeps_the_bytes_of_earlier_ones(tmp_path):
    path = tmp_path / "m.csv"
    write(path, [(10, (0.1, 1)), (20, (0.2, 2)), (30, (0.3, 3))])
    content = write(path, [(21, (9, 9))], resume_step=20)
    assert content == HEADER + b"10,0.1,1.0\n20,0.2,2.0\n21,9.0,9.0\n"


def test_file_cut_anywhere_keeps_its_whole_rows(tmp_path):
    path = tmp_path / "m.csv"
    content = write(path, [(1, (0.125, 12.5)), (2, (0.25, 25.75)), (13, (0.375, 37.25))])
    for length in range(len(HEADER), len(content) + 1):
        path.write_bytes(content[:length])
        whole = content[:content.rindex(b"\n", 0, length) + 1]
        assert write(path, [], resume_step=100) == whole
        path.write_bytes(content[:length])
        assert write(path, [(50, (1, 2))], resume_step=100) == whole + b"50,1.0,2.0\n"


def test_damaged_rows_are_dropped(tmp_path):
    path = tmp_path / "m.csv"
    path.write_bytes(HEADER + b"1,1.0,1.0\n2,2.0\n3,x,1.0\n\x00\x00\xff\n,1.0,1.0\n3,1.0,1.0,1.0\n"
                     b"4,4.0,4.0\n")
    assert write(path, [], resume_step=9) == HEADER + b"1,1.0,1.0\n4,4.0,4.0\n"


def test_run_killed_while_logging_ends_as_one_that_was_not(tmp_path):
    rows = [(step, (step / 7, step / 3)) for step in range(1, 3001)]
    whole = write(tmp_path / "whole.csv", rows)
    program = """
import os, signal, sys
from groundwork.run.metrics_file import MetricsFile
log = MetricsFile(sys.argv[1], ["generator", "discriminator"], 0)
for step in range(1, 3000):
    log.append(step, {"generator": step / 7, "discriminator": step / 3})
    if step == 1000:
        log.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""
    path = tmp_path / "killed.csv"
    status = subprocess.call([sys.executable, "-c", program, str(path)],
                             cwd=os.path.dirname(os.path.dirname(groundwork.__file__)))
    assert status == -signal.SIGKILL
    assert path.read_bytes() != whole
    assert write(path, rows[1000:], resume_step=1000) == whole


def test_flush_puts_the_rows_on_disk(tmp_path):
    log = MetricsFile(str(tmp_path / "m.csv"), NAMES, 0)
    log.append(1, {"generator": 1.0, "discriminator": 2.0})
    log.flush()
    assert (tmp_path / "m.csv").read_bytes() == HEADER + b"1,1.0,2.0\n"
    log.close()
    log.close()  # twice is harmless


def test_failed_rewrite_keeps_the_old_rows(tmp_path, monkeypatch):
    path = tmp_path / "m.csv"
    content = write(path, [(1, (1, 1)), (2, (2, 2))])

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        MetricsFile(str(path), NAMES, 1)
    assert path.read_bytes() == content


@pytest.mark.parametrize("content", [
    b"step,loss\n1,2.0\n", b"step,discriminator,generator\n", b"\xff\x00\n", HEADER[:-1],
    HEADER[:-1] + b"\r\n"])
def test_foreign_header_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "m.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        MetricsFile(str(path), NAMES, 0)
    assert str(caught.value).startswith(
        "{}: expected the header 'step,generator,discriminator', received ".format(path))
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == content


def test_folder_in_its_place_is_refused(tmp_path):
    with pytest.raises(UsageError, match="expected the metrics of a run"):
        MetricsFile(str(tmp_path), NAMES, 0)


@pytest.mark.parametrize("values", [{"generator": 1.0},
                                    {"generator": 1.0, "discriminator": 1.0, "other": 1.0}])
def test_other_losses_than_the_columns_are_refused(tmp_path, values):
    log = MetricsFile(str(tmp_path / "m.csv"), NAMES, 0)
    with pytest.raises(ValueError, match="expected the losses"):
        log.append(1, values)
    log.close()
    assert (tmp_path / "m.csv").read_bytes() == HEADER


@pytest.mark.parametrize("method", ["append", "flush", "close"])
def test_a_full_disk_is_told_with_the_files_name(tmp_path, monkeypatch, method):
    path = str(tmp_path / "metrics.csv")
    metrics = MetricsFile(path, ["loss"], 0)
    with open("/dev/full", "w", buffering=1) as full:
        monkeypatch.setattr(metrics, "_file", full)
        with pytest.raises(WriteError) as caught:
            metrics.append(1, {"loss": 0.5})
            getattr(metrics, method)()
        assert str(caught.value) == path + ": cannot be written: No space left on device"
        with contextlib.suppress(OSError):
            full.close()
