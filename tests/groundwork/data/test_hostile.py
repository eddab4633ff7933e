"""Hostile data files end the command in one line, soon and in little memory."""

import io
import os
import resource
import struct
import subprocess
import sys
import tarfile
import zlib

import numpy as np
from PIL import Image
import pytest

PROGRAM = "groundwork.data.show_augmentation"
SECONDS = 30
MEMORY = 2 << 30  # bytes
BLOCK = 1 << 20
ROWS = 10000 * 3073  # bytes of a file of CIFAR-10


def deflated_zeros(blocks, wbits=-15, start=b""):
    """A deflate stream of `start`, then so many MiB of zeros; it is about a thousandth of them."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, wbits)
    head = compressor.compress(start) + compressor.flush(zlib.Z_FULL_FLUSH)
    one = compressor.compress(bytes(BLOCK)) + compressor.flush(zlib.Z_FULL_FLUSH)
    return head + one * blocks + compressor.flush()


def array_header(shape, dtype="|u1"):
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        stream, {"descr": dtype, "fortran_order": False, "shape": shape})
    return stream.getvalue()


def zip_of_one(name, data, size):
    """An archive of one deflated member, whose size is what is announced."""
    fields = struct.pack("<5H3L2H", 20, 0, 8, 0, 33, 0, len(data), size, len(name), 0)
    local = b"PK\3\4" + fields + name + data
    central = b"PK\1\2" + struct.pack("<H", 20) + fields + bytes(14) + name
    return local + central + b"PK\5\6" + struct.pack(
        "<4H2LH", 0, 0, 1, 1, len(central), len(local), 0)


def bomb_npz(tmp):
    blocks = 3900
    header = array_header((blocks, 1024, 1024))
    (tmp / "data").write_bytes(zip_of_one(
        b"images.npy", deflated_zeros(blocks, start=header), len(header) + blocks * BLOCK))


def long_header_npz(tmp):
    blocks = 1000
    start = b"\x93NUMPY\2\0" + struct.pack("<L", blocks * BLOCK)
    (tmp / "data").write_bytes(zip_of_one(
        b"images.npy", deflated_zeros(blocks, start=start), len(start) + blocks * BLOCK))


def many_small_images_npz(tmp):
    np.savez_compressed(str(tmp / "data.npz"), images=np.zeros((1 << 20, 2, 2), np.uint8))
    (tmp / "data.npz").rename(tmp / "data")


def many_members_npz(tmp):
    archive = zip_of_one(b"images.npy", b"", 0)
    start, end = archive.index(b"PK\1\2"), archive.index(b"PK\5\6")
    count = 1000000
    with open(str(tmp / "data"), "wb") as file:
        file.write(archive[:start] + archive[start:end] * count)
        file.write(b"PK\5\6" + struct.pack("<4H2LH", 0, 0, 9, 9, (end - start) * count, start, 0))


def pipe_npz(tmp):
    os.mkfifo(str(tmp / "data"))


def bomb_idx(tmp):
    (tmp / "data").mkdir()
    header = struct.pack(">4I", 0x803, 8000, 1024, 1024)
    (tmp / "data" / "train-images-idx3-ubyte.gz").write_bytes(
        deflated_zeros(8000, wbits=31, start=header))
    (tmp / "data" / "train-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 0x801, 1) + b"\0")


def sparse_idx(tmp):
    (tmp / "data").mkdir()
    with open(str(tmp / "data" / "train-images-idx3-ubyte"), "wb") as file:
        file.write(struct.pack(">4I", 0x803, 1 << 20, 1 << 10, 1 << 10))
        file.truncate(16 + (1 << 40))
    (tmp / "data" / "train-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 0x801, 1) + b"\0")


def cifar_archive(tmp, header, blocks):
    (tmp / "data").mkdir()
    (tmp / "data" / "cifar-10-binary.tar.gz").write_bytes(
        deflated_zeros(blocks, wbits=31, start=header))


def member(name, size, kind=tarfile.REGTYPE):
    info = tarfile.TarInfo(name)
    info.size = size
    info.type = kind
    return info.tobuf(tarfile.GNU_FORMAT)


def sparse_member(tmp):
    header = bytearray(member("data_batch_1.bin", 0, tarfile.GNUTYPE_SPARSE))
    header[483:495] = b"%011o\0" % ROWS  # its size when it is unpacked
    header[148:156] = b"%06o\0 " % (256 + sum(header[:148]) + sum(header[156:512]))
    cifar_archive(tmp, bytes(header), 1)


def plain_pax_header(tmp, records):
    body = b"".join(records)
    cifar_archive(tmp, member("x", len(body), tarfile.XHDTYPE) + body + bytes(-len(body) % 512)
                  + member("data_batch_1.bin", 512), 1)


def image_of(tmp, name, save):
    (tmp / "data" / "cat").mkdir(parents=True)
    save(str(tmp / "data" / "cat" / name))


def huge_image(mode, colour):
    """A function that saves 88 million pixels of one colour, just below what Pillow warns of."""
    return lambda path: Image.new(mode, (9400, 9400), colour).save(path)


def many_scans(path):
    """A progressive JPEG of 16 million pixels, with 20,000 scans more than it needs."""
    stream = io.BytesIO()
    Image.new("L", (4000, 4000), 9).save(stream, "JPEG", progressive=True)
    content = stream.getvalue()
    last = content.rindex(b"\xff\xda")
    with open(path, "wb") as file:
        file.write(content[:last] + content[last:-2] * 20000 + content[-2:])


CASES = {
    "npz that unpacks to 4 GB": ("npz", bomb_npz, "(--max_data_bytes), received 4089446400 bytes"),
    "npz with a header of 1 GB": ("npz", long_header_npz, "expected a readable .npz archive"),
    "npz whose images grow to 13 GB": (
        "npz", many_small_images_npz, "1048576 images of 64x64 pixels: expected data of at most "),
    "npz of a million members": (
        "npz", many_members_npz, "received: a directory of 56000000 bytes, more than 1048576"),
    "npz that is a pipe": ("npz", pipe_npz, ", which is no regular file"),
    "idx that unpacks to 8 GB": ("mnist", bomb_idx, "(--max_data_bytes), received 8388608000 byte"),
    "idx of 2**40 bytes": ("mnist", sparse_idx, "(--max_data_bytes), received 1099511627776 bytes"),
    "cifar with a name of 3 GB": (
        "cifar10", lambda tmp: cifar_archive(
            tmp, member("././@LongLink", 3 << 30, tarfile.GNUTYPE_LONGNAME), 3072),
        "bytes unpacked"),
    "cifar with a member of 2**40 bytes": (
        "cifar10", lambda tmp: cifar_archive(tmp, member("readme", 1 << 40), 3072),
        "bytes unpacked"),
    "cifar with a sparse member": (
        "cifar10", sparse_member, "expected an archive with data_batch_1.bin, received one witho"),
    "cifar with a sparse map that is no number": (
        "cifar10", lambda tmp: plain_pax_header(tmp, [
            b"22 GNU.sparse.major=1\n", b"22 GNU.sparse.minor=0\n",
            b"35 GNU.sparse.name=data_batch_1.bin\n"]), "expected a"),
    "image that is a pipe": (
        "folder", lambda tmp: image_of(tmp, "a.png", os.mkfifo), "received: a named pipe"),
    "image that is a device": (
        "folder", lambda tmp: image_of(tmp, "a.png", lambda path: os.symlink("/dev/zero", path)),
        "received: a device"),
    "image of 2**40 bytes": (
        "folder", lambda tmp: image_of(tmp, "a.webp", lambda path: sparse_webp(path)),
        "received: 1099511627776 bytes, more than "),
    "image of 20,000 scans": (
        "folder", lambda tmp: image_of(tmp, "a.jpg", many_scans),
        "received: 20005 scans of a JPEG, more than 100"),
    "image that is a program": (
        "folder", lambda tmp: image_of(tmp, "a.png", lambda path: Image.new("L", (4, 4)).save(
            path, "EPS")), "received: PostScript, which is a program"),
}


def sparse_webp(path):
    with open(path, "wb") as file:
        file.write(b"RIFF\0\0\0\0WEBPVP8 ")
        file.truncate(1 << 40)


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def run(tmp, repository, dataset):
    return subprocess.run(
        [sys.executable, "-m", PROGRAM, "--dataset=" + dataset, "--augment=",
         "--data_dir={}".format(tmp / "data"), "--output={}".format(tmp / "a.png")], cwd=repository,
        env=dict(os.environ, OPENBLAS_NUM_THREADS="1"), preexec_fn=limit_memory, timeout=SECONDS,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)


@pytest.mark.parametrize("name", list(CASES))
def test_hostile_file_is_refused_in_one_line(name, tmp_path, repository):
    dataset, write, expected = CASES[name]
    write(tmp_path)
    process = run(tmp_path, repository, dataset)
    assert (process.returncode, process.stdout) == (64, ""), process.stderr
    assert process.stderr.startswith(PROGRAM + ": ")
    assert process.stderr.count("\n") == 1
    assert expected in process.stderr


@pytest.mark.slow
@pytest.mark.parametrize("mode,colour", [("RGBA", (9, 9, 9, 0)), ("I;16", 9), ("RGB", 9), ("P", 9)])
def test_images_of_as_many_pixels_as_pillow_allows_stay_within_the_memory(
        mode, colour, tmp_path, repository):
    image_of(tmp_path, "a.png", huge_image(mode, colour))
    process = run(tmp_path, repository, "folder")
    assert (process.returncode, process.stderr) == (0, "")
