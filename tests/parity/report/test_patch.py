"""Patches: the argument that a cause asks for, in the one place that can be meant."""

import subprocess

import pytest

from parity.judge import findings
from parity.report import patch
from tests.parity.report import results

PORT = '''"""A port, with an Umlaut: ä."""
import keras


def build():
    """A model."""
    x = keras.Input((6,), name="ä")
    net = keras.layers.LeakyReLU()(keras.layers.Dense(5, activation="tanh", name="one")(x))
    net = keras.layers.Dropout(0.6, name="drop")(net)
    net = keras.layers.BatchNormalization(
        momentum=0.99, name="norm")(net)
    rate = keras.optimizers.schedules.ExponentialDecay(0.5, 2, 0.5)
    first = keras.optimizers.Adam(rate)
    second = keras.optimizers.SGD(0.01, nesterov=False)
    return keras.Model(x, net), lambda y, z: 0.25 * (y - z) ** 2, first, second
'''


@pytest.fixture(name="path")
def fixture_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "port.py").write_text(PORT, encoding="utf-8")
    return "port.py"


def changed(text):
    """[(line before, line after)] of a diff."""
    lines = text.splitlines()[2:]
    return list(zip([each[1:].strip() for each in lines if each.startswith("-")],
                    [each[1:].strip() for each in lines if each.startswith("+")]))


@pytest.mark.parametrize("write,line,after", [
    ("momentum=0.9", None, 'momentum=0.9, name="norm")(net)'),
    ('activation="relu"', None, 'keras.layers.Dense(5, activation="relu", name="one")(x))'),
    ("nesterov=True", 14, "second = keras.optimizers.SGD(0.01, nesterov=True)"),
    ("epsilon=1e-08", 13, "first = keras.optimizers.Adam(rate, epsilon=1e-08)"),
    ("nesterov=False", 13, "first = keras.optimizers.Adam(rate, nesterov=False)"),
    ("learning_rate=0.1", 14, "second = keras.optimizers.SGD(0.1, nesterov=False)"),
    ("staircase=True", 12, "ExponentialDecay(0.5, 2, 0.5, staircase=True)"),
    ("epsilon=0.001", 11, 'momentum=0.99, name="norm", epsilon=0.001)(net)'),
    ("keras.layers.LeakyReLU(negative_slope=0.2)", None,
     "net = keras.layers.LeakyReLU(negative_slope=0.2)("),
    ("keras.layers.Dropout(0.4)", 9, 'net = keras.layers.Dropout(0.4, name="drop")(net)'),
    ("0.3 instead of 0.25", None, "lambda y, z: 0.3 * (y - z) ** 2, first, second"),
    ("learning_rate=keras.optimizers.schedules.PolynomialDecay(0.5, 5)", 13,
     "first = keras.optimizers.Adam(keras.optimizers.schedules.PolynomialDecay(0.5, 5))")])
def test_the_argument_stands_where_it_belongs(path, write, line, after):
    (_, new), = changed(patch.text(write, path, line))
    assert after in new


@pytest.mark.parametrize("name, after", [
    ("optimiser's constant", "first = keras.optimizers.Adam(rate, epsilon=1e-08)"),
    ("normalisation's epsilon", 'keras.layers.BatchNormalization(name="norm", epsilon=1e-08)')])
def test_an_epsilon_is_of_the_optimizer_or_of_the_layer_as_the_cause_says(tmp_path, name, after):
    path = tmp_path / "port.py"
    path.write_text('import keras\n'
                    'layer = keras.layers.BatchNormalization(name="norm", epsilon=1e-3)\n'
                    'first = keras.optimizers.Adam(rate)\n', encoding="utf-8")
    (_, new), = changed(patch.text("epsilon=1e-08", str(path), 3, name))
    assert after in new


def test_of_calls_in_calls_the_innermost_is_given_it(path, tmp_path):
    (tmp_path / path).write_text(
        "model = keras.Sequential([\n    keras.layers.Dense(5),\n    keras.layers.Softmax()])\n")
    assert changed(patch.text("use_bias=False", path, 2)) == [
        ("keras.layers.Dense(5),", "keras.layers.Dense(5, use_bias=False),")]


@pytest.mark.parametrize("given,after", [
    ("0.1", "keras.optimizers.SGD(0.1, global_clipnorm=2)"),
    ("0.1, clipnorm=2.0", "keras.optimizers.SGD(0.1, global_clipnorm=2)"),
    ("0.1, clipvalue=1, nesterov=True",
     "keras.optimizers.SGD(0.1, global_clipnorm=2, nesterov=True)")])
def test_clipping_is_an_argument_of_the_optimizer_wherever_a_gradient_first_differs(
        path, tmp_path, given, after):
    (tmp_path / path).write_text("layer = keras.layers.Embedding(5, 3)\n"
                                 f"rule = keras.optimizers.SGD({given})\n")
    assert changed(patch.text("global_clipnorm=2", path, 1)) == [
        (f"rule = keras.optimizers.SGD({given})", f"rule = {after}")]


@pytest.mark.parametrize("write,line,words", [
    ("ops.sum(...)", 8, "no argument is to be written"),
    ("keras.layers.MaxPooling2D(...)", 8, "no argument is to be written"),
    ("rho=0.9", None, "2 places could be meant"),
    ("clipnorm=2", 8, "2 places could be meant"),
    ("axis=1", None, "no call has the argument axis"),
    ("0.1 instead of 7", None, "no places could be meant"),
    ("0.4 instead of 0.5", None, "2 places could be meant"),
    ('name="other"', None, "4 places could be meant"),
    ("epsilon=1e-08: as it is", 13, "port.py: ")])
def test_where_it_is_not_plain_there_is_none(path, write, line, words):
    with pytest.raises(patch.NoPatch, match=words):
        patch.text(write, path, line)


def test_a_file_that_is_not_there_or_is_no_python_has_none(path, tmp_path):
    with pytest.raises(patch.NoPatch, match="gone.py: "):
        patch.text("momentum=0.9", "gone.py")
    (tmp_path / "port.py").write_text("def (", encoding="utf-8")
    with pytest.raises(patch.NoPatch, match="port.py: "):
        patch.text("momentum=0.9", path)


@pytest.mark.parametrize("source", [
    "net = Dropout(0.6)", "a = 'form\x0cfeed'\nb = '\u2028'\nnet = Dropout(0.6)\n"])
def test_odd_ends_of_lines_are_kept(path, tmp_path, source):
    (tmp_path / path).write_text(source, encoding="utf-8")
    subprocess.run(["git", "apply", "--unsafe-paths", "-"], encoding="utf-8", check=True,
                   input=patch.text("keras.layers.Dropout(0.4)", path), cwd=tmp_path)
    assert (tmp_path / path).read_text(encoding="utf-8") == source.replace("0.6", "0.4")


def test_it_can_be_applied(path, tmp_path):
    subprocess.run(["git", "apply", "--unsafe-paths", "-"], input=patch.text("momentum=0.9", path),
                   text=True, check=True, cwd=tmp_path)
    assert (tmp_path / path).read_text(encoding="utf-8") == PORT.replace("0.99", "0.9")


def shown(path, write="momentum=0.9", **changes):
    """What `--fix` shows of a pair that is different because of an argument."""
    cause = findings.Cause("momentum", "the momentum is 0.99", write, "it is equal")
    given = dict({"causes": [cause], "sources": {"modern": f"{path}:9"}}, **changes)
    return patch.of(results.DIFFERENT._replace(**given))


def test_the_first_cause_is_what_the_patch_mends(path):
    assert changed(shown(path)) == [('momentum=0.99, name="norm")(net)',
                                     'momentum=0.9, name="norm")(net)')]


@pytest.mark.parametrize("changes, reason", [
    ({"causes": []}, "no cause is known"), ({"sources": {}}, "no line of the port is known"),
    ({"findings": results.EQUAL.findings}, "nothing is different"),
    ({"write": "the labels as they are ..."},
     "no argument is to be written: the labels as they are ...")])
def test_where_there_is_none_it_is_said_why(path, changes, reason):
    assert shown(path, **changes) == f"no patch: {reason}"
