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
    sha256: Dict[str, str]  # {file name: SHA-256 digest}


# All over TLS: Fashion-MNIST from its authors' repository, since their bucket has none.
SOURCES = {
    "mnist": Source("https://ossci-datasets.s3.amazonaws.com/mnist/", {
        IMAGES_FILE: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        LABELS_FILE: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"}),
    "fashion_mnist": Source(
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/", {
            IMAGES_FILE: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            LABELS_FILE: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"}),
    "cifar10": Source("https://www.cs.toronto.edu/~kriz/", {
        CIFAR10_FILE: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"}),
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
        Their paths in the cache, in the order of `SOURCES[name].sha256`, with verified digests.

    Raises:
        UsageError: a file could not be had, or is not the published one.
    """
    source = SOURCES[name]
    return [_fetch_file(name, source.base_url, file_name, sha256)
            for file_name, sha256 in source.sha256.items()]


def _fetch_file(name, base_url, file_name, sha256):
    import pooch
    import requests

    on_terminal = sys.stderr.isatty()
    if not on_terminal:
        pooch.get_logger().setLevel("WARNING")
    downloader = pooch.HTTPDownloader(progressbar=on_terminal, timeout=_TIMEOUT_SECONDS)
    url = base_url + file_name
    advice = "; give the folder that holds the files with --data_dir"
    try:
        return pooch.retrieve(url, "sha256:" + sha256, fname=file_name, path=cache_folder(name),
                              downloader=downloader)
    except requests.RequestException as error:
        raise UsageError("{}: expected a download, received: {}{}".format(url, error, advice))
    except ValueError as error:
        # Pooch reports a wrong digest so, and has deleted the file.
        raise UsageError("{}: expected the SHA-256 digest {}, received: {}{}".format(
            url, sha256, error, advice))
    except OSError as error:
        raise UsageError("{}: expected a cache folder to write to, received: {}{}".format(
            cache_folder(name), error, advice))
