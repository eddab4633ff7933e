"""Operations of a training step, by the profiler."""

import os
import subprocess
import sys

import pytest


def run(repository, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.profile_step", *arguments], cwd=repository,
        env=dict(os.environ, CUDA_VISIBLE_DEVICES="-1"), capture_output=True, text=True)


@pytest.mark.slow
@pytest.mark.parametrize("wing", ["legacy", "modern"])
def test_a_step_of_the_recurrent_gan_multiplies_in_each_of_its_loops(wing, repository):
    ended = run(repository, "--wing=" + wing, "--model=recurrent_gan")
    assert ended.returncode == 0, ended.stderr
    title, *rows, total = [line.split() for line in ended.stdout.splitlines()]
    assert title == ["ms", "a", "step", "operations"]
    assert total[1:] == ["in", "all"]
    shown = sum(float(row[0]) for row in rows)
    assert float(total[0]) == pytest.approx(shown, abs=0.01 * len(rows))
    # Five passes through 28 steps, and the ways back of some.
    assert sum(float(count) for _, count, name in rows if "MatMul" in name) > 5 * 28
    assert not [row for row in rows if row[2] in ("Process", "Run")]


def test_a_model_that_is_none_is_said(repository):
    ended = run(repository, "--model=nobody")
    assert ended.returncode == 64 and "--model" in ended.stderr
    assert "Traceback" not in ended.stderr
