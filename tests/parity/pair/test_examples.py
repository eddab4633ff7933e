"""The examples from the command line: right ports come through, wrong ones are caught.

The reference is captured by this interpreter, or by that of the environment's LEGACY_PYTHON, the
real TensorFlow 1, which also runs those examples that today's TensorFlow cannot.
"""

import json
import os
import subprocess
import sys

import pytest

PYTHON = os.environ.get("LEGACY_PYTHON", "")
EXAMPLES = {"gan": "constants", "language_model": "rounding", "attention": "constants",
            "spectral_norm": "constants"}
if PYTHON:
    EXAMPLES.update(classifier="constants", estimator="rounding")
# In a port: what is changed, and the rung and tensor where that shows first.
FAULTS = {
    "gan": ("Adam(0.001, beta_1=0.5, epsilon=1e-8)", "Adam(0.001, beta_1=0.9, epsilon=1e-8)", 7),
    "language_model": ("global_clipnorm=2.0", "clipnorm=2.0", 5),
    "attention": ("ops.softmax(ops.matmul(g, ops.transpose(f, (0, 2, 1))))",
                  "ops.softmax(ops.matmul(g, ops.transpose(f, (0, 2, 1))) / 2 ** 0.5)",
                  5),  # before that, a gamma of 0 hides it
    "spectral_norm": ("self.kernel / ops.matmul(ops.matmul(v, w), ops.transpose(u))",
                      "self.kernel / ops.stop_gradient(ops.matmul(ops.matmul(v, w), "
                      "ops.transpose(u)))", 5),
    "classifier": ("momentum=0.9, scale", "momentum=0.99, scale", 7),
    "estimator": ("epsilon=0.0", "initial_accumulator_value=0.2", 6),
}


@pytest.fixture(scope="module")
def captured(repository, tmp_path_factory):
    """Function (example) that returns the folder of its capture."""
    folder, made = tmp_path_factory.mktemp("captured"), {}

    def get(name):
        if name not in made:
            made[name] = str(folder / name)
            subprocess.run(
                [PYTHON or sys.executable, os.path.join("parity", "capture.py"), "--steps=3",
                 "--out=" + made[name], "--", os.path.join("examples", name, "train.py")],
                cwd=repository, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return made[name]
    return get


def verified(repository, captured, port, folder):
    """(exit status, the report of the pair) of `parity.verify`."""
    report = folder / "report.json"
    ended = subprocess.run(
        [sys.executable, "-m", "parity.verify", "--legacy=" + captured, f"--modern={port}:build",
         f"--json={report}", f"--report={folder / 'report.html'}"],
        cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert ended.returncode in (0, 1), ended.stderr
    assert "Is the port the same model?" in (folder / "report.html").read_text()
    case, = json.loads(report.read_text())["cases"]
    return ended.returncode, case


@pytest.mark.slow  # `make test-tf1` verifies them all against captures of TensorFlow 1.15.5
@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_right_port_is_the_same_model(repository, captured, tmp_path, name):
    port = os.path.join("examples", name, "port.py")
    status, case = verified(repository, captured(name), port, tmp_path)
    assert (status, case["verdict"]) == (0, EXAMPLES[name]), case["first_difference"]
    compared = {finding["rung"] for finding in case["findings"]}
    slots = set(EXAMPLES) - {"language_model"}  # gradient descent has none
    assert compared >= {1, 3, 4, 5, 6, 8} | ({7} if name in slots else set())
    assert {finding["tensor"]: finding["verdict"] for finding in case["findings"]
            if finding["rung"] == 9} == {
                "TensorFlow 1 to Keras 3": "identical", "Keras 3 to TensorFlow 1": (
                    "rounding" if name == "language_model" else "identical")}  # the forget bias
    assert {finding["step"] for finding in case["findings"] if finding["rung"] == 8
            and not finding["tensor"].startswith(("rate of ", "bounds of "))} == {1, 2}


@pytest.mark.slow  # a cause is looked for; test_causes and test_walk_through do so in every run
@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_wrong_port_is_different_where_it_goes_wrong(repository, captured, tmp_path, name):
    right, wrong, rung = FAULTS[name]
    with open(os.path.join(repository, "examples", name, "port.py")) as file:
        source = file.read()
    assert right in source
    port = tmp_path / "port.py"
    port.write_text(source.replace(right, wrong))
    status, case = verified(repository, captured(name), str(port), tmp_path)
    assert (status, case["verdict"]) == (1, "different")
    assert case["first_difference"]["rung"] == rung
