"""Tests of groundwork.randomness: the literal numbers are those of every NumPy."""

import hashlib
import os
import pkgutil
import subprocess
import sys

import numpy as np
import pytest

import groundwork
from groundwork import randomness

ROOT = os.path.dirname(os.path.dirname(groundwork.__file__))
MODULES = sorted(module.name for module in pkgutil.walk_packages(
    groundwork.__path__, "groundwork."))
HEAVY = ("tensorflow", "tf_keras", "keras", "sklearn", "scipy", "PIL", "pooch", "matplotlib")


def sha256(values, dtype):
    return hashlib.sha256(np.ascontiguousarray(values, dtype).tobytes()).hexdigest()


def test_standard_normal_numbers_are_pinned():
    numbers = randomness.generator(1, "joint/noise", 1).standard_normal(4)
    assert numbers.tolist() == [
        0.9008658205081194, 0.5263489970552889, -0.9038423578862375, 0.7026842535216458]


def test_float32_standard_normal_numbers_are_pinned():
    numbers = randomness.generator(1, "joint/noise", 1).standard_normal(4, dtype=np.float32)
    assert numbers.dtype == np.float32
    assert numbers.tolist() == [
        0.351216584444046, 0.9505587220191956, 1.4904541969299316, -1.1997616291046143]


def test_uniform_numbers_are_pinned():
    numbers = randomness.generator(7, "weights/generator/hidden1/kernel").random(4)
    assert numbers.tolist() == [
        0.6654220610750379, 0.16614887216280638, 0.8615502566266584, 0.1745542244210765]


def test_permutation_is_pinned():
    assert randomness.generator(1, "vae/rows", 3).permutation(12).tolist() == [
        9, 5, 10, 11, 7, 0, 8, 1, 2, 4, 3, 6]


@pytest.mark.parametrize("draw,dtype,digest", [
    (lambda generator: generator.standard_normal(1000), "<f8",
     "7ab0aec82a7119d48864130ff8a01ecabb950071d1ea4d7507477a0892dbf9e5"),
    (lambda generator: generator.standard_normal(1000, dtype=np.float32), "<f4",
     "d85c21e3b490ac934e040c5ebe339c5cdfd614376970722e4e75c19a567f5a9a"),
    (lambda generator: generator.random(1000), "<f8",
     "28a90180a1c4bad349b28f4979f5fce6e51b7c669773cc0d71222bf328bf2675"),
    (lambda generator: generator.permutation(1797), "<i8",
     "d284516245a5d0220355abaf03c32966bdc69f30b373004bcf1ea497839022c6"),
], ids=["normal", "normal_float32", "uniform", "permutation"])
def test_long_streams_are_pinned(draw, dtype, digest):
    assert sha256(draw(randomness.generator(42, "stream", 1234)), dtype) == digest


@pytest.mark.parametrize("seed,index,numbers", [
    (2 ** 63 - 1, 123456789, [0.10302716036902804, 0.6718649809943715]),
    (2 ** 64 - 1, 2 ** 64 - 1, [0.4908878410245844, 0.09761424254252837]),
])
def test_large_seeds_and_indices_keep_all_their_bits(seed, index, numbers):
    assert randomness.generator(seed, "x", index).random(2).tolist() == numbers
    assert randomness.generator(seed - 1, "x", index).random(2).tolist() != numbers
    assert randomness.generator(seed, "x", index - 1).random(2).tolist() != numbers


def test_seed_stream_and_index_each_select_other_numbers():
    arguments = [(1, "a", 0), (2, "a", 0), (1, "b", 0), (1, "a", 1)]
    first = {randomness.generator(*each).random() for each in arguments}
    assert len(first) == len(arguments)


def test_indices_have_draws_of_their_own():
    """A long draw at one index does not run into the next index's numbers."""
    long = randomness.generator(1, "a", 0).random(100000)
    following = randomness.generator(1, "a", 1).random(100000)
    assert not set(long.tolist()) & set(following.tolist())


def test_a_generator_does_not_depend_on_the_ones_made_before():
    expected = randomness.generator(3, "a", 5).random(3).tolist()
    other = randomness.generator(3, "a", 4)
    other.random(17)
    np.random.seed(0)
    assert randomness.generator(3, "a", 5).random(3).tolist() == expected


def test_importing_all_of_groundwork_imports_nothing_heavy():
    program = "import {}\nimport sys\nprint(*sorted(set(sys.modules) & set({!r})))".format(
        ", ".join(MODULES), HEAVY)
    assert len(MODULES) >= 19
    output = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT)
    assert output.decode().strip() == ""
