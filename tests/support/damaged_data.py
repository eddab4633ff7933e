"""Reads data files with seeded damage, and counts how that ends.

    python -m tests.support.damaged_data FORMAT COUNT FOLDER

prints a JSON object: `tried`, `read`, `refused`, `megabytes` of memory at most, and `faults`, the
seeds and exceptions of all that ended in another way. A file that takes longer than `SECONDS` ends
the process by SIGALRM.
"""

import gzip
import io
import json
import os
import resource
import signal
import struct
import sys
import tarfile
import traceback

import numpy as np
from PIL import Image

from groundwork.data import cifar10
from groundwork.data import datasets
from groundwork.errors import UsageError

SECONDS = 30
MEMORY = 2 << 30  # bytes
_IMAGES = np.random.RandomState(0).randint(0, 256, (6, 9, 7)).astype(np.uint8)
_LABELS = np.array([0, 1, 2, 1, 0, 2], np.uint8)
_PICTURES = (("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16"), ("JPEG", "L"),
             ("JPEG", "RGB"), ("GIF", "P"), ("TIFF", "RGB"), ("TIFF", "RGB", "tiff_lzw"),
             ("TIFF", "RGB", "tiff_deflate"), ("BMP", "RGB"), ("WEBP", "RGB"))


def _idx(array):
    return struct.pack(
        ">{}I".format(1 + array.ndim), 0x800 + array.ndim, *array.shape) + array.tobytes()


def _npz(save):
    stream = io.BytesIO()
    save(stream, images=_IMAGES, labels=_LABELS)
    return stream.getvalue()


def _tar():
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in cifar10.FILES:
            member = tarfile.TarInfo(cifar10.FOLDER + "/" + name)
            member.size = 3073
            archive.addfile(member, io.BytesIO(bytes(member.size)))
    return stream.getvalue()


def _picture(kind, mode, compression=None):
    stream = io.BytesIO()
    image = (Image.fromarray(_IMAGES[0].astype(np.uint16) * 257) if mode == "I;16" else
             Image.fromarray(np.stack([_IMAGES[0]] * 3, axis=-1)).convert(mode))
    image.save(stream, kind, **{"compression": compression} if compression else {})
    return stream.getvalue()


def _write_npz(folder, content):
    return _write(os.path.join(folder, "a.npz"), content)


def _write_idx(folder, content):
    _write(os.path.join(folder, "train-labels-idx1-ubyte"), _idx(_LABELS))
    _write(os.path.join(folder, "train-images-idx3-ubyte"), content)
    return folder


def _write_gzipped_idx(folder, content):
    _write(os.path.join(folder, "train-images-idx3-ubyte"), _idx(_IMAGES))
    _write(os.path.join(folder, "train-labels-idx1-ubyte.gz"), content)
    return folder


def _write_archive(folder, content):
    _write(os.path.join(folder, "cifar-10-binary.tar.gz"), content)
    return folder


def _write_tar(folder, content):
    return _write_archive(folder, gzip.compress(content, 1))


def _write_picture(folder, content):
    os.makedirs(os.path.join(folder, "cat"), exist_ok=True)
    _write(os.path.join(folder, "cat", "a"), content)
    return folder


def _write(path, content):
    with open(path, "wb") as file:
        file.write(content)
    return path


# {format: (data set, how the damaged bytes are laid out as --data_dir, whole files)}
FORMATS = {
    "npz": ("npz", _write_npz, lambda: [_npz(np.savez), _npz(np.savez_compressed)]),
    "idx": ("mnist", _write_idx, lambda: [_idx(_IMAGES)]),
    "idx.gz": ("mnist", _write_gzipped_idx, lambda: [gzip.compress(_idx(_LABELS))]),
    "tar": ("cifar10", _write_tar, lambda: [_tar()]),
    "tar.gz": ("cifar10", _write_archive, lambda: [gzip.compress(_tar())]),
    "images": ("folder", _write_picture, lambda: [_picture(*kind) for kind in _PICTURES]),
}


def damaged(content, random):
    """Flips bits, cuts a part out or the end off, inserts bytes, or overwrites some with one value.

    Args:
      content: bytes.
      random: `numpy.random.RandomState`.
    """
    content = bytearray(content)
    for _ in range(random.randint(1, 4)):
        place = random.randint(len(content) + 1)
        length = random.randint(1, 64)
        kind = random.randint(5)
        if kind == 0 and place < len(content):
            content[place] ^= 1 << random.randint(8)
        elif kind == 1:
            del content[place:place + length]
        elif kind == 2:
            del content[place:]
        elif kind == 3:
            content[place:place] = random.bytes(length)
        else:
            some = bytearray([random.choice([0, 1, 0x30, 0x37, 0x7f, 0x80, 0xff])])
            content[place:place + length % 12] = some * len(content[place:place + length % 12])
    return bytes(content)


def _fault(dataset, data_dir):
    """Loads a data set; None where it was refused as it should be, else an exception's text or
    True for a data set that was read."""
    try:
        loaded = datasets.load(dataset, (8, 8), data_dir)
        assert loaded.labels is not None, "the labels vanished"
        assert len(loaded.labels) == len(loaded.images)
        return True
    except UsageError as error:
        return None if "\n" not in str(error) and ": expected " in str(error) else repr(error)
    except Exception:  # of any kind: that is what is looked for
        return traceback.format_exc()


def _most_memory():
    """Megabytes that this program had in memory at most.

    Not `ru_maxrss`: that counts the process that started this one, too, from before its `exec`.
    """
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024


def main(name, count, folder):
    """Tries seeds 0 to count - 1 of a format."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    cifar10._ROWS_A_FILE = 1
    dataset, write, make = FORMATS[name]
    wholes = make()
    assert all(_fault(dataset, write(folder, content)) is True for content in wholes)
    read, faults = 0, {}
    for seed in range(count):
        random = np.random.RandomState(seed)
        data_dir = write(folder, damaged(wholes[seed % len(wholes)], random))
        signal.alarm(SECONDS)
        fault = _fault(dataset, data_dir)
        signal.alarm(0)
        read += fault is True
        if fault not in (None, True):
            faults[seed] = fault
    print(json.dumps({"tried": count, "read": read, "refused": count - read - len(faults),
                      "megabytes": _most_memory(), "faults": faults}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
