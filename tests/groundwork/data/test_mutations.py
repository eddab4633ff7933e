"""Seeded damage to every format of data: each file is read or refused in one line."""

import json
import os
import subprocess
import sys

import pytest

from tests.support import damaged_data


def outcome(name, count, folder, repository):
    """What `damaged_data` prints, of so many damaged files of a format."""
    process = subprocess.run(
        [sys.executable, "-m", "tests.support.damaged_data", name, str(count), str(folder)],
        cwd=repository, env=dict(os.environ, OPENBLAS_NUM_THREADS="1"), timeout=500,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    assert (process.returncode, process.stderr) == (0, "")
    counts = json.loads(process.stdout)
    print("{name}: {tried} tried, {read} read, {refused} refused, {megabytes} MB".format(
        name=name, **counts))
    return counts


@pytest.mark.parametrize("count", [40, pytest.param(500, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", list(damaged_data.FORMATS))
def test_damaged_files_are_read_or_refused(name, count, tmp_path, repository):
    counts = outcome(name, count, tmp_path, repository)
    assert counts["faults"] == {}
    assert counts["tried"] == count and counts["refused"] > count / 5
    assert counts["megabytes"] < 1024
