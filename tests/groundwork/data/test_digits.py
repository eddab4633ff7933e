"""Tests of groundwork.data.digits."""

import os
import subprocess
import sys

import numpy as np
from sklearn.datasets import load_digits

from groundwork.data import digits

REPOSITORY = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))


def test_digits_are_those_of_scikit_learn():
    read, theirs = digits.read(), load_digits()
    assert (read.images.shape, read.images.dtype, read.class_count) == ((1797, 8, 8), np.uint8, 10)
    np.testing.assert_array_equal(read.images, np.rint(theirs.images * 255 / 16))
    np.testing.assert_array_equal(read.labels, theirs.target)


def test_scikit_learn_is_not_imported_for_its_file():
    subprocess.run([sys.executable, "-c", "import sys; from groundwork.data import digits; "
                    "digits.read(); assert not {'sklearn', 'scipy'} & set(sys.modules)"],
                   check=True, cwd=REPOSITORY)
