"""Tests of groundwork.data.download, against a server on the loopback interface."""

import gzip
import hashlib
import http.server
import io
import os
import re
import struct
import subprocess
import sys
import threading

import numpy as np
import pytest

from groundwork.data import datasets
from groundwork.data import download
from groundwork.errors import UsageError

REPOSITORY = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
IMAGES = np.random.RandomState(0).randint(0, 256, (5, 28, 28)).astype(np.uint8)
LABELS = np.array([3, 1, 4, 1, 5], np.uint8)


def encode(array):
    header = struct.pack(">{}I".format(1 + array.ndim), 0x00000800 + array.ndim, *array.shape)
    return gzip.compress(header + array.tobytes())


class Server(http.server.ThreadingHTTPServer):
    """Serves `files`, a dictionary, and keeps the names that were asked for."""

    def __init__(self, files):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = files
        self.requested = []


class Handler(http.server.BaseHTTPRequestHandler):

    def do_GET(self):
        name = self.path.lstrip("/")
        self.server.requested.append(name)
        if name not in self.server.files:
            self.send_error(404)
            return
        content = self.server.files[name]
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    server = Server({download.IMAGES_FILE: encode(IMAGES), download.LABELS_FILE: encode(LABELS)})
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def cache(server, tmp_path, monkeypatch):
    """Lets "mnist" be what the server has, and returns the still missing cache folder."""
    source = download.Source(
        "http://127.0.0.1:{}/".format(server.server_port),
        {name: hashlib.sha256(content).hexdigest() for name, content in server.files.items()})
    folder = tmp_path / "cache" / "mnist"
    monkeypatch.setitem(download.SOURCES, "mnist", source)
    monkeypatch.setattr(download, "cache_folder", lambda name: str(folder.parent / name))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return folder


def error_of_fetch():
    with pytest.raises(UsageError) as caught:
        download.fetch("mnist")
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith("; give the folder that holds the files with --data_dir")
    return message


def test_data_set_is_downloaded_into_the_cache(server, cache):
    dataset = datasets.load("mnist")

    np.testing.assert_array_equal(dataset.images, IMAGES)
    np.testing.assert_array_equal(dataset.labels, LABELS)
    assert server.requested == [download.IMAGES_FILE, download.LABELS_FILE]
    assert {path.name: path.read_bytes() for path in cache.iterdir()} == server.files


def test_cached_files_are_not_downloaded_again(server, cache):
    first = download.fetch("mnist")
    second = download.fetch("mnist")

    assert first == second
    assert len(server.requested) == 2


def test_damaged_cached_file_is_replaced(server, cache):
    unused_images, labels = download.fetch("mnist")
    with open(labels, "wb") as file:
        file.write(b"damaged")

    download.fetch("mnist")

    with open(labels, "rb") as file:
        assert file.read() == server.files[download.LABELS_FILE]
    assert server.requested == [
        download.IMAGES_FILE, download.LABELS_FILE, download.LABELS_FILE]


def test_wrong_checksum_is_refused_and_leaves_no_file(server, cache):
    expected = download.SOURCES["mnist"].sha256[download.IMAGES_FILE]
    server.files[download.IMAGES_FILE] = encode(IMAGES[:4])
    received = hashlib.sha256(server.files[download.IMAGES_FILE]).hexdigest()

    message = error_of_fetch()

    assert message.startswith("http://127.0.0.1:{}/{}: expected the SHA-256 digest {}, ".format(
        server.server_port, download.IMAGES_FILE, expected))
    assert received in message
    assert list(cache.iterdir()) == []


def test_missing_remote_file_is_refused(server, cache):
    del server.files[download.LABELS_FILE]

    message = error_of_fetch()

    assert "{}: expected a download, received: 404".format(download.LABELS_FILE) in message


def test_unreachable_server_is_refused(cache, monkeypatch):
    # Nothing listens on port 9 (discard) of the loopback interface.
    source = download.SOURCES["mnist"]._replace(base_url="http://127.0.0.1:9/")
    monkeypatch.setitem(download.SOURCES, "mnist", source)

    assert error_of_fetch().startswith(
        "http://127.0.0.1:9/{}: expected a download, received: ".format(download.IMAGES_FILE))


def test_cache_folder_that_cannot_be_made_is_refused(cache):
    cache.parent.write_text("a file where the folder should be")

    assert error_of_fetch().startswith("{}: expected a cache folder to write to".format(cache))


def test_download_is_silent_without_a_terminal(server, cache):
    # In a process of its own: pooch's log handler keeps the stderr of the time of its import.
    script = """
from groundwork.data import download
download.SOURCES["mnist"] = download.Source(*{!r})
download.cache_folder = lambda name: {!r}
download.fetch("mnist")
""".format(tuple(download.SOURCES["mnist"]), str(cache))

    output = subprocess.check_output(
        [sys.executable, "-W", "ignore", "-c", script], cwd=REPOSITORY, stderr=subprocess.STDOUT)

    assert output == b""
    assert len(server.requested) == 2


def test_progress_is_shown_on_a_terminal(cache, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)

    download.fetch("mnist")

    assert "100%" in terminal.getvalue()


def test_each_data_set_has_its_own_cache_folder():
    mnist, fashion_mnist = download.cache_folder("mnist"), download.cache_folder("fashion_mnist")

    assert os.path.dirname(mnist) == os.path.dirname(fashion_mnist)
    assert os.path.basename(mnist) == "mnist"
    assert mnist != fashion_mnist


def test_published_data_sets_have_a_source():
    assert list(download.SOURCES) == ["mnist", "fashion_mnist", "cifar10"]
    assert set(download.SOURCES) < set(datasets.NAMES)


def test_cifar10_is_the_binary_archive_with_its_published_digest():
    assert download.SOURCES["cifar10"] == download.Source(
        "https://www.cs.toronto.edu/~kriz/",
        {"cifar-10-binary.tar.gz":
         "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"})


def test_every_download_is_over_tls_and_has_a_sha256():
    for source in download.SOURCES.values():
        assert source.base_url.startswith("https://") and source.base_url.endswith("/")
        assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in source.sha256.values())
