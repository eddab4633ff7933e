"""A data set as its files hold it, and how the readers find these files."""

import os
from typing import Any, NamedTuple, Optional

import numpy as np

from groundwork.errors import UsageError


class RawDataset(NamedTuple):
    """Images and labels as read, before they are resized and scaled."""
    # uint8, or float32 in [-1, 1]: [count, height, width] or [..., 3]; an array, or `ImageFiles`
    images: Any
    labels: Optional[np.ndarray]  # integers [count]; None when the files hold none
    class_count: int  # 0 without labels
    names: tuple = ()  # of the images, by which pairs are found; () where they have none


def checked_folder(data_dir):
    """Returns `data_dir`; UsageError when it is no folder."""
    if not os.path.isdir(data_dir):
        raise UsageError("--data_dir: expected an existing folder, received {!r}, which {}".format(
            data_dir, "is a file" if os.path.exists(data_dir) else "does not exist"))
    return data_dir


def find_file(folder, names):
    """Returns the path of the first of the named files that is there; UsageError without one."""
    for name in names:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return path
    raise UsageError("--data_dir: expected a folder with one of {}, received {!r}, which has "
                     "none".format(", ".join(names), folder))
