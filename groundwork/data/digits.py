"""scikit-learn's 1,797 handwritten digits of 8x8 pixels (UCI, Alpaydin & Kaynak 1998).

Read from the file that `sklearn.datasets.load_digits` reads: importing scikit-learn takes longer
than starting TensorFlow 1 does.
"""

import importlib.util
import os

import numpy as np

from groundwork.data.raw_dataset import RawDataset

_GREYS = 16  # the values are 0..16
_CLASSES = 10


def read():
    """The `RawDataset` of the digits: uint8 images [1797, 8, 8] in [0, 255], labels 0 to 9."""
    installed = importlib.util.find_spec("sklearn").submodule_search_locations[0]
    rows = np.loadtxt(os.path.join(installed, "datasets", "data", "digits.csv.gz"), delimiter=",")
    images = rows[:, :-1].reshape(-1, 8, 8)
    return RawDataset(np.rint(images * 255 / _GREYS).astype(np.uint8),
                      rows[:, -1].astype(np.int64), _CLASSES)
