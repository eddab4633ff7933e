"""Tests of groundwork.data.cifar10."""

import gzip
import io
import tarfile

import numpy as np
import pytest

from groundwork.data import cifar10
from groundwork.data import download
from groundwork.errors import UsageError

ROWS = 3
RANDOM = np.random.RandomState(0)
LABELS = RANDOM.randint(0, 10, (5, ROWS)).astype(np.uint8)
PLANES = RANDOM.randint(0, 256, (5, ROWS, 3, 32, 32)).astype(np.uint8)
CONTENTS = {
    "data_batch_{}.bin".format(n + 1): np.concatenate(
        [LABELS[n][:, None], PLANES[n].reshape(ROWS, -1)], axis=1).tobytes() for n in range(5)}


@pytest.fixture(autouse=True)
def fixture_small_files(monkeypatch):
    """The published files have 10,000 rows each, 154 MB in all."""
    assert cifar10._ROWS_A_FILE == 10000
    monkeypatch.setattr(cifar10, "_ROWS_A_FILE", ROWS)


def write_files(folder, **changes):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in dict(CONTENTS, **changes).items():
        (folder / name).write_bytes(content)
    return folder


def archive_of(contents):
    """As the published one: everything in a folder, other files too, not in order."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in [("readme.html", b"x" * 5000)] + sorted(contents.items())[::-1]:
            member = tarfile.TarInfo("cifar-10-batches-bin/" + name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def write_archive(folder, content=None):
    path = folder / "cifar-10-binary.tar.gz"
    path.write_bytes(archive_of(CONTENTS) if content is None else content)
    return path


def refusal(folder):
    with pytest.raises(UsageError) as caught:
        cifar10.read(str(folder))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def assert_whole(stored):
    assert stored.class_count == 10
    assert stored.images.shape == (5 * ROWS, 32, 32, 3)
    assert stored.images.dtype == np.uint8
    np.testing.assert_array_equal(stored.labels, LABELS.reshape(-1))
    for channel in range(3):
        np.testing.assert_array_equal(
            stored.images[..., channel], PLANES[:, :, channel].reshape(-1, 32, 32))


def test_files_are_read_in_order_from_the_folder_or_the_one_that_the_archive_unpacks_to(tmp_path):
    assert_whole(cifar10.read(str(write_files(tmp_path / "flat"))))
    write_files(tmp_path / "root" / "cifar-10-batches-bin")
    assert_whole(cifar10.read(str(tmp_path / "root")))


def test_archive_is_read_as_it_is(tmp_path):
    write_archive(tmp_path)
    assert_whole(cifar10.read(str(tmp_path)))


def test_without_a_folder_the_archive_is_downloaded(tmp_path, monkeypatch):
    path = write_archive(tmp_path)
    asked = []
    monkeypatch.setattr(download, "fetch", lambda name: asked.append(name) or [str(path)])
    assert_whole(cifar10.read(None))
    assert asked == ["cifar10"]


def test_folder_without_the_data_names_what_was_looked_for(tmp_path):
    assert refusal(tmp_path) == (
        "--data_dir: expected a folder with one of cifar-10-binary.tar.gz, data_batch_1.bin, "
        "received {!r}, which has none".format(str(tmp_path)))
    assert refusal(tmp_path / "none") == (
        "--data_dir: expected an existing folder, received {!r}, which does not exist".format(
            str(tmp_path / "none")))


def test_missing_file_is_named(tmp_path):
    (write_files(tmp_path) / "data_batch_4.bin").unlink()
    assert refusal(tmp_path) == (
        "--data_dir: expected a folder with one of data_batch_4.bin, received {!r}, which has "
        "none".format(str(tmp_path)))


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"\0",
                                    lambda data: data[:-3073], lambda data: b""])
def test_file_of_another_size_is_refused(tmp_path, change):
    data = change(CONTENTS["data_batch_3.bin"])
    write_files(tmp_path, **{"data_batch_3.bin": data})
    assert refusal(tmp_path) == "{}: expected 9219 bytes, received {}".format(
        tmp_path / "data_batch_3.bin", len(data))
    (tmp_path / "archive").mkdir()
    path = write_archive(tmp_path / "archive", archive_of(dict(CONTENTS, **{
        "data_batch_3.bin": data})))
    assert refusal(tmp_path / "archive") == (
        "{}: data_batch_3.bin: expected 9219 bytes, received {}".format(path, len(data)))


def test_label_beyond_the_ten_classes_is_refused(tmp_path):
    data = bytearray(CONTENTS["data_batch_2.bin"])
    data[3073] = 10
    write_files(tmp_path, **{"data_batch_2.bin": bytes(data)})
    assert refusal(tmp_path) == "{}: expected labels from 0 to 9, received 10".format(
        tmp_path / "data_batch_2.bin")


def test_truncated_archive_is_refused(tmp_path):
    whole = archive_of(CONTENTS)
    for kept in (0, 5, 100, len(whole) // 2, len(whole) - 4):
        path = write_archive(tmp_path, whole[:kept])
        assert refusal(tmp_path).startswith(
            "{}: expected a whole .tar.gz archive, received: ".format(path)), kept


def test_truncated_tar_in_a_whole_gzip_is_refused(tmp_path):
    tar = gzip.decompress(archive_of(CONTENTS))
    path = write_archive(tmp_path, gzip.compress(tar[:20000]))
    assert refusal(tmp_path).startswith(
        "{}: expected a whole .tar.gz archive, received: ".format(path))


def test_archive_with_a_flipped_bit_is_refused_by_its_checksum(tmp_path):
    damaged = bytearray(archive_of(CONTENTS))
    damaged[-6] ^= 1  # in the checksum of the last eight bytes
    path = write_archive(tmp_path, bytes(damaged))
    assert refusal(tmp_path).startswith(
        "{}: expected a whole .tar.gz archive, received: CRC check failed".format(path))


def test_archive_without_one_of_the_files_is_refused(tmp_path):
    path = write_archive(tmp_path, archive_of(
        {name: CONTENTS[name] for name in CONTENTS if name != "data_batch_5.bin"}))
    assert refusal(tmp_path) == (
        "{}: expected an archive with data_batch_5.bin, received one without".format(path))


def test_pickled_version_is_not_read(tmp_path):
    (tmp_path / "data_batch_1").write_bytes(b"\x80\x02}q\x01.")
    assert "received {!r}, which has none".format(str(tmp_path)) in refusal(tmp_path)
