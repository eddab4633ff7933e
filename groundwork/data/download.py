"""Downloads the training splits of MNIST and Fashion-MNIST once, into the user's cache folder."""

import os
import sys
from typing import NamedTuple

from groundwork.errors import UsageError

IMAGES_FILE = "train-images-idx3-ubyte.gz"
LABELS_FILE = "train-labels-idx1-ubyte.gz"
_TIMEOUT_SECONDS = 30


class Source(NamedTuple):
    """Where a data set is published, and the MD5 digests of its compressed files."""
    base_url: str
    images_md5: str
    labels_md5: str


class Files(NamedTuple):
    """Paths of the two IDX files of one split."""
    images: str
    labels: str


SOURCES = {
    "mnist": Source(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        images_md5="f68b3c2dcbeaaa9fbdd348bbdeb94873",
        labels_md5="d53e105ee54ea40749a09fcbcd1e9432"),
    "fashion_mnist": Source(
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        images_md5="8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        labels_md5="25c81989df183df01b3e8a0aad5dffbe"),
}


def cache_folder(name):
    """Returns the folder that keeps the downloaded files of one data set."""
    import pooch

    return os.path.join(str(pooch.os_cache("groundwork")), name)


def fetch(name):
    """Downloads the training split of a data set, unless the cache holds it whole.

    Args:
        name: a key of `SOURCES`.

    Returns:
        The `Files` in the cache, with verified digests.

    Raises:
        UsageError: a file could not be had, or is not the published one.
    """
    source = SOURCES[name]
    return Files(
        images=_fetch_file(name, source.base_url, IMAGES_FILE, source.images_md5),
        labels=_fetch_file(name, source.base_url, LABELS_FILE, source.labels_md5))


def _fetch_file(name, base_url, file_name, md5):
    import pooch
    import requests

    on_terminal = sys.stderr.isatty()
    if not on_terminal:
        pooch.get_logger().setLevel("WARNING")
    downloader = pooch.HTTPDownloader(progressbar=on_terminal, timeout=_TIMEOUT_SECONDS)
    url = base_url + file_name
    advice = "; give the folder that holds the files with --data_dir"
    try:
        return pooch.retrieve(
            url, "md5:" + md5, fname=file_name, path=cache_folder(name), downloader=downloader)
    except requests.RequestException as error:
        raise UsageError("{}: expected a download, received: {}{}".format(url, error, advice))
    except ValueError as error:
        # Pooch reports a wrong digest so, and has deleted the file.
        raise UsageError("{}: expected the MD5 digest {}, received: {}{}".format(
            url, md5, error, advice))
    except OSError as error:
        raise UsageError("{}: expected a cache folder to write to, received: {}{}".format(
            cache_folder(name), error, advice))
