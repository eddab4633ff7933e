"""Images that stay in their files until a batch needs them, for data sets beyond memory."""

import zlib

import numpy as np

from groundwork.data import decoding
from groundwork.errors import UsageError


class ImageFiles:
    """Rows of images, read as needed: indexed by a slice or by row numbers, as an array is.

    Attributes:
        shape: (count,) + image shape.
        ndim: how many extents that are.
        dtype: uint8.
        nbytes: of all pixels, were they in memory.
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, paths, image_shape):
        """Args:
          paths: a file each.
          image_shape: as `decoding.decode` takes it.
        """
        self._paths = paths
        self._checksums = [None] * len(paths)
        self.shape = (len(paths),) + tuple(image_shape)
        self.ndim = len(self.shape)
        self.nbytes = len(paths)
        for extent in image_shape:
            self.nbytes *= extent

    def __len__(self):
        return len(self._paths)

    def __getitem__(self, rows):
        """Returns uint8 [rows, *image shape]; UsageError for a file that is no image, or that has
        other pixels than when it was read before: the digest was taken of those."""
        rows = np.arange(len(self))[rows]
        images = np.empty((len(rows),) + self.shape[1:], np.uint8)
        for image, row in zip(images, rows.tolist()):
            image[...] = decoding.decode(self._paths[row], self.shape[1:])
            self._compare(row, zlib.crc32(image))
        return images

    def _compare(self, row, checksum):
        if self._checksums[row] not in (None, checksum):
            raise UsageError("{}: expected the image that was there when the data set was first "
                             "read, received another".format(self._paths[row]))
        self._checksums[row] = checksum
