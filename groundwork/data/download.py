"""Downloads MNIST, Fashion-MNIST (training splits) and CIFAR-10 once, into the cache folder."""

import os
import sys
from typing import Dict, NamedTuple

from groundwork.errors import UsageError

IMAGES_FILE = "train-images-idx3-ubyte.gz"
LABELS_FILE = "train-labels-idx1-ubyte.gz"
CIFAR10_FILE = "cifar-10-binary.tar.gz"
_TIMEOUT_SECONDS = 30


class Source(NamedTuple):
    """The place where a data set is published."""
    base_url: str
    md5: Dict[str, str]  # {file name: MD5 digest}


SOURCES = {
    "mnist": Source("https://ossci-datasets.s3.amazonaws.com/mnist/", {
        IMAGES_FILE: "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        LABELS_FILE: "d53e105ee54ea40749a09fcbcd1e9432"}),
    "fashion_mnist": Source("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/", {
        IMAGES_FILE: "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        LABELS_FILE: "25c81989df183df01b3e8a0aad5dffbe"}),
    "cifar10": Source("https://www.cs.toronto.edu/~kriz/", {
        CIFAR10_FILE: "c32a1d4ab5d03f1284b67883e8d87530"}),
}


def cache_folder(name):
    """Returns the folder that keeps the downloaded files of one data set."""
    import pooch

    return os.path.join(str(pooch.os_cache("groundwork")), name)


def fetch(name):
    """Downloads the files of a data set, unless the cache holds them whole.

    Args:
        name: a key of `SOURCES`.

    Returns:
        Their paths in the cache, in the order of `SOURCES[name].md5`, with verified digests.

    Raises:
        UsageError: a file could not be had, or is not the published one.
    """
    source = SOURCES[name]
    return [_fetch_file(name, source.base_url, file_name, md5)
            for file_name, md5 in source.md5.items()]


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
