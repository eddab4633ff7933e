"""What all tests share: the environment in which both wings are bit for bit equal, and the data."""

import fcntl
import gc
import os
import shutil
import sys

import pytest

# TensorFlow and Keras read these at their first import. Parity mode: no oneDNN, no GPU.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ["KERAS_BACKEND"] = "tensorflow"

REPOSITORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
if REPOSITORY not in sys.path:
    sys.path.insert(0, REPOSITORY)

if sys.version_info < (3, 11):  # the interpreter of the real TensorFlow 1, which has no Keras 3
    collect_ignore = ["benchmarks", "golden", "modern", "tensorboard", "test_graph_twins.py",
                      "test_house.py", "test_probes.py", "test_transfer.py", "test_twins.py"]
else:
    collect_ignore = ["tf1"]


def pytest_configure(config):
    # Both TensorFlows announce that TensorFlow 1 is deprecated; that is why one is here.
    config.addinivalue_line(
        "filterwarnings", "ignore:`(tf.layers|tf.nn.rnn_cell|layer.apply):UserWarning")
    gc.disable()  # while TensorFlow is imported, which makes a third of a million objects


def pytest_collection_finish(session):
    # What the tests import stays: a collection of garbage, of which Keras asks for one with each
    # session that it clears, does not look through all of TensorFlow again.
    gc.enable()
    gc.collect()
    gc.freeze()
    if "tensorflow" in sys.modules:
        from tests.support import threads
        threads.take_all()


@pytest.fixture(scope="session")
def document_shapes():
    """`{model: {variable: shape}}` from the widths that the documents print."""
    from tests.support import document_layers
    return {model: document_layers.shapes(model) for model in document_layers.LAYERS}


@pytest.fixture(scope="session")
def repository():
    """Path of the repository's root."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data():
    """Path of the folder with MNIST and CIFAR-10 that lies beside the repository."""
    path = os.path.join(os.path.dirname(REPOSITORY), "shared", "data")
    if not os.path.isdir(path):
        pytest.skip("the data sets in ../shared/data are not here")
    return path


@pytest.fixture(scope="session")
def digits():
    """The data set that scikit-learn brings along."""
    from groundwork.data import datasets
    return datasets.load("digits")


@pytest.fixture(scope="session")
def data_of(digits):
    """Function of a model's name: the digits as that model takes them, images or numbers."""
    from groundwork import models
    from groundwork.data import datasets
    numbers = datasets.load("digits", ())
    return lambda model: digits if models.MODELS[model].image_shape else numbers


@pytest.fixture(scope="session")
def forked_python(tmp_path_factory):
    """Path of a program that stands for `sys.executable`: it forks where TensorFlow is imported."""
    from tests.support.fork_server import ForkServer
    with ForkServer(tmp_path_factory.mktemp("forked")) as server:
        yield server.python


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory):
    """Function (name, function that fills an empty folder): path of the folder, filled once,
    whatever the number of processes that run tests."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # of all workers

    def get(name, fill):
        folder, whole = base / "shared" / name, base / "shared" / (name + ".whole")
        folder.parent.mkdir(exist_ok=True)
        with open(str(folder) + ".lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not whole.exists():
                shutil.rmtree(str(folder), ignore_errors=True)
                folder.mkdir()
                fill(str(folder))
                whole.touch()
        return folder
    return get


@pytest.fixture(scope="module")
def graph_optimizer_off():
    """TensorFlow 2 without its graph optimiser, which changes the order of additions."""
    import tensorflow as tf
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    yield
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})
