"""Ports with several mistakes, mended one after the other by what the tool prints.

The classifier needs the real TensorFlow 1, named by the environment's LEGACY_PYTHON. The same
mistakes, in the order in which they are found, stand in docs/own_pair.md.
"""

import os
from typing import NamedTuple

import pytest

from parity.judge import findings
from parity.report import terminal
from tests.parity.pair.verifications import Verifications

PYTHON = os.environ.get("LEGACY_PYTHON", "")


class Mistake(NamedTuple):
    """A mistake in an example's port: what it has, what is written; what the tool says of it."""

    wrong: str
    right: str
    sentence: str
    write: str


CLASSIFIER = [
    Mistake("AveragePooling2D", "MaxPooling2D", "pooling takes the average, in the reference not",
            "keras.layers.MaxPooling2D(...)"),
    Mistake("Dropout(0.8)", "Dropout(0.2)", "dropout drops 0.8, in the reference 0.2",
            "keras.layers.Dropout(0.2)"),
    Mistake("L2(0.0005)", "L2(0.00025)", "is doubled",
            "kernel_regularizer=keras.regularizers.L2(scale / 2): tf.nn.l2_loss is half"),
    Mistake("momentum=0.9))", "momentum=0.9, epsilon=1.0))",
            "RMSProp's epsilon is 1e-07, in the reference 1", "epsilon=1"),
    Mistake("BatchNormalization(scale", "BatchNormalization(momentum=0.9, scale",
            "the moving average keeps 0.99, in the reference 0.9", "momentum=0.9"),
    Mistake("keras.optimizers.RMSprop(rate", "RMSprop(rate",
            "@mean_square at 0, the reference at 1", "a subclass of RMSprop whose build assigns"),
    Mistake("10, 0.94)", "10, 0.94, staircase=True)",
            "the rate falls evenly, in the reference in stairs", "staircase=True")]
GAN = [
    Mistake("LeakyReLU()", "LeakyReLU(0.2)",
            "a leaky ReLU with slope 0.3, in the reference a leaky ReLU with slope 0.2",
            "keras.layers.LeakyReLU(negative_slope=0.2)"),
    Mistake("Adam(0.001, epsilon=1e-8)", "Adam(0.001, beta_1=0.5, epsilon=1e-8)",
            "Adam's beta_1 is 0.9, in the reference 0.5", "beta_1=0.5")]
REGRESSION = [
    Mistake('activation="relu"', 'activation="softplus"', "relu, in the reference softplus",
            'activation="softplus"'),
    Mistake("momentum=0.8)", "momentum=0.8, nesterov=True)", "plain, in the reference Nesterov's",
            "nesterov=True")]
# {name: (program, file of the port, function of the port, mistakes)}
WALKS = {"gan": ("examples/gan/train.py", "examples/gan/port.py", "build", GAN),
         "regression": ("parity/selftest/programs/optimizers.py:nesterov",
                        "parity/selftest/ports/optimizers.py", "nesterov", REGRESSION)}
if PYTHON:
    WALKS["classifier"] = (
        "examples/classifier/train.py", "examples/classifier/port.py", "build", CLASSIFIER)


@pytest.fixture(name="verified", scope="module")
def fixture_verified(repository, tmp_path_factory):
    """Function (program, port) that gives the `Result`."""
    verifications = Verifications(repository, tmp_path_factory.mktemp("pairs"), PYTHON or None)
    yield verifications
    verifications.close()


def naive(path, mistakes):
    """The source of a port with all the mistakes."""
    with open(path, encoding="utf-8") as file:
        source = file.read()
    for mistake in mistakes:
        assert mistake.right in source
        source = source.replace(mistake.right, mistake.wrong)
    return source


@pytest.mark.parametrize("name", [pytest.param(
    name, marks=() if name == "regression" else pytest.mark.slow) for name in sorted(WALKS)])
def test_mistakes_are_mended_by_what_is_printed(repository, verified, tmp_path, name):
    program, path, function, mistakes = WALKS[name]
    words = (os.path.join(repository, program),)
    source = naive(os.path.join(repository, path), mistakes)
    for number, mistake in enumerate(mistakes):
        result = verified(words, _port(tmp_path, number, source, function))
        assert findings.exit_status([result]) == 1
        cause = result.causes[0]
        assert mistake.sentence in cause.sentence and cause.write.startswith(mistake.write)
        assert "write: " + mistake.write.split()[0] in terminal.text(result)
        assert mistake.wrong in source
        source = source.replace(mistake.wrong, mistake.right)
    result = verified(words, _port(tmp_path, "last", source, function))
    assert findings.exit_status([result]) == 0, result.first_difference


def _port(folder, number, source, function):
    path = folder / f"port_{number}.py"
    path.write_text(source, encoding="utf-8")
    return f"{path}:{function}"


def test_the_classifier_is_walked_through_in_the_documentation(repository):
    with open(os.path.join(repository, "docs", "own_pair.md"), encoding="utf-8") as file:
        document = file.read()
    places = [document.index(f"`{mistake.wrong.strip()}`") for mistake in CLASSIFIER]
    assert places == sorted(places)
