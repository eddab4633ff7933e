"""Checkpoints of trained programs brought into ports and back, and trained on from what came back.

The programs are captured and trained by this interpreter, or by that of the environment's
LEGACY_PYTHON, the real TensorFlow 1.
"""

import io
import json
import os
import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf

from parity import command_line
from parity.pair import conversion
from parity.pair.config import PairConfig
from parity.pair.recorders import Recorders
from parity.pair.reference_run import Reference
from tests.captures import Captures

PYTHON = os.environ.get("LEGACY_PYTHON", "")
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "converted")
STEPS = 20
ENDINGS = {"recurrent": ".keras", "batch_norm": ".keras", "adam": ".weights.h5"}
REST = ".tensorflow1.npz"


def arrays(checkpoint):
    """`{variable: array}` of a checkpoint."""
    reader = tf.train.load_checkpoint(str(checkpoint))
    return {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}


def differing(one, other):
    """Names of the variables of which two checkpoints do not hold the same bytes."""
    one, other = arrays(one), arrays(other)
    return {name for name in set(one) | set(other)
            if name not in one or name not in other or one[name].dtype != other[name].dtype
            or one[name].tobytes() != other[name].tobytes()}


class Pairs:
    """The pairs of converted/, each captured, trained and brought to Keras and back once."""

    def __init__(self, repository, folder):
        self.folder, self._made = folder, {}
        self._captures = Captures(repository, folder, PYTHON or None)
        self._recorders = Recorders(str(folder), kept=True)

    def close(self):
        for each in (self._captures, self._recorders):
            each.__exit__(None, None, None)

    def train(self, program, steps, saved, restored=""):
        """Trains a program, from a checkpoint if there is one."""
        ended = self._captures(program, steps, saved, *[restored] * bool(restored),
                               script=os.path.join(FOLDER, "train.py"))
        assert ended.status == 0, ended.err

    def conversion(self, program, port=""):
        """A `Conversion` of a program and its port."""
        port = port or f"{os.path.join(FOLDER, 'port.py')}:{program}"
        captured = str(self.folder / (program + ".captured"))
        if not os.path.isdir(captured):
            ended = self._captures("--steps=3", f"--out={captured}", "--", os.path.join(
                FOLDER, "train.py"), program, 3, self.folder / "unused.ckpt")
            assert ended.status == 0, ended.err
        folder = self.folder / f"{len(self._made)}.conversion"
        folder.mkdir(exist_ok=True)
        with self._recorders.port() as recorder:
            return conversion.Conversion(
                PairConfig(captured, port), str(folder),
                Reference(self._recorders.reference, captured, ""), self._recorders, recorder)

    def __call__(self, program):
        """(`Conversion`, checkpoint, file of weights, there, back, checkpoint that came back)."""
        if program not in self._made:
            start, back = self.folder / f"{program}.ckpt", self.folder / f"{program}-back.ckpt"
            weights = str(self.folder / (program + ENDINGS[program]))
            self.train(program, STEPS, start)
            pair = self.conversion(program)
            there = pair.to_keras(str(start), weights)
            self._made[program] = (pair, str(start), weights, there,
                                   pair.to_tensorflow_1(weights, str(back)), str(back))
        return self._made[program]


@pytest.fixture(scope="module")
def pairs(repository, tmp_path_factory):
    made = Pairs(repository, tmp_path_factory.mktemp("pairs"))
    yield made
    made.close()


@pytest.mark.parametrize("program,came", [
    ("recurrent", {"variables": 8, "slots": 16, "counts of updates": 3}),
    ("batch_norm", {"variables": 7, "slots": 5, "counts of updates": 1}),
    ("adam", {"variables": 4, "slots": 12, "counts of updates": 3})])
def test_there_and_back_every_variable_holds_the_same_bytes(pairs, program, came):
    _, start, _, there, back, end = pairs(program)
    assert differing(start, end) == set()
    assert there.came == back.came == came
    assert there.whole and back.whole
    assert sum(came.values()) + (program == "adam") == len(arrays(start))


@pytest.mark.parametrize("program", sorted(ENDINGS))
def test_what_comes_back_trains_on_as_the_original_bit_for_bit(pairs, program):
    _, start, _, _, _, end = pairs(program)
    ended = [str(pairs.folder / f"{program}-on-{number}.ckpt") for number in range(2)]
    for checkpoint, saved in zip([start, end], ended):
        pairs.train(program, 10, saved, checkpoint)
    assert arrays(ended[0])["global_step"] == STEPS + 10
    assert differing(start, ended[0]) and differing(*ended) == set()


def test_it_was_the_real_tensorflow_1_that_trained_on(pairs):
    if not PYTHON:
        pytest.skip("NOTHING WAS TRAINED ON IN TENSORFLOW 1.15.5: LEGACY_PYTHON names no "
                    "interpreter, and today's TensorFlow trained instead")
    pairs("adam")
    header = json.loads((pairs.folder / "adam.captured" / "capture.json").read_text())
    assert header["versions"]["tensorflow"].startswith("1.15.")


def test_what_keras_trained_on_comes_back_as_tensorflow_1_would_have_trained_on(pairs, tmp_path):
    pair, start, weights, *_ = pairs("batch_norm")
    model = keras.models.load_model(weights)
    for step in range(STEPS, STEPS + 4):  # the rate fell at the first of them
        random = np.random.RandomState(step)
        model.train_on_batch(random.standard_normal((4, 5, 3)).astype(np.float32),
                             random.randint(3, size=4))
    model.save(tmp_path / "on.keras")
    shutil.copy(weights + REST, tmp_path / ("on.keras" + REST))  # of slots that have moved on
    pair.to_tensorflow_1(str(tmp_path / "on.keras"), str(tmp_path / "back.ckpt"))
    pairs.train("batch_norm", 4, tmp_path / "on.ckpt", start)
    expected, found = arrays(tmp_path / "on.ckpt"), arrays(tmp_path / "back.ckpt")
    assert found["global_step"] == expected["global_step"] == STEPS + 4
    assert found["global_step"].dtype == expected["global_step"].dtype
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-4, atol=1e-5, err_msg=name)


def test_keras_loads_what_the_checkpoint_held(pairs):
    _, start, weights, _, _, _ = pairs("batch_norm")
    held, model = arrays(start), keras.models.load_model(weights)
    assert int(model.optimizer.iterations) == STEPS
    rate = np.float32(model.optimizer.learning_rate)
    assert rate == pytest.approx(0.1 * 0.7 ** (STEPS / 5), rel=1e-6)
    moving = {variable.path.rpartition("/")[2]: variable.numpy() for variable in model.variables}
    for name in ("moving_mean", "moving_variance", "gamma"):
        assert moving[name].tobytes() == held["norm/" + name].tobytes()
    assert model.optimizer.momentums[0].numpy().tobytes() == (
        -held["hidden/kernel/Momentum"] * rate).tobytes()


def test_gates_stand_in_the_order_of_keras(pairs):
    _, start, weights, _, _, _ = pairs("recurrent")
    held, model = arrays(start), keras.models.load_model(weights)
    i, j, f, o = np.split(held["first/basic_lstm_cell/bias"], 4)
    assert model.layers[1].cell.bias.numpy().tobytes() == np.concatenate(
        [i, f + np.float32(1), j, o]).tobytes()
    assert int(model.optimizer.iterations) == STEPS


def test_what_keras_rounds_or_does_not_hold_stands_beside_its_file(pairs):
    for program, names in (("recurrent", ["first/basic_lstm_cell/bias"]), ("adam", ["best_loss"])):
        _, start, weights, there, back, _ = pairs(program)
        with np.load(weights + REST) as rest:
            assert rest.files == names
            assert all(rest[name].tobytes() == arrays(start)[name].tobytes() for name in names)
        assert there.notes == [f"{weights}{REST} keeps for the way back: {names[0]}"]
    assert back.notes == [f"as in {weights}{REST}: best_loss"]
    _, _, weights, of_slots, *_ = pairs("batch_norm")
    with np.load(weights + REST) as rest:
        names = rest.files
    assert len(names) > 3 and all(name.endswith("/Momentum") for name in names)
    assert of_slots.notes[0].endswith(f": {', '.join(names[:3])}, {len(names) - 3} more")
    assert [tuple(left) for left in there.left] == [
        ("best_loss", "no variable of the captured program", False)]
    assert not back.left


@pytest.fixture
def alone(pairs, tmp_path):
    """Function (program) that gives (`Conversion`, checkpoint, file of weights without a rest)."""
    def get(program):
        pair, start, weights, *_ = pairs(program)
        path = tmp_path / ("alone" + ENDINGS[program])
        path.write_bytes(open(weights, "rb").read())
        return pair, start, str(path)
    return get


def test_without_it_a_forget_bias_rounds_and_nothing_else_differs(alone, tmp_path):
    pair, start, weights = alone("recurrent")
    back = pair.to_tensorflow_1(weights, str(tmp_path / "back.ckpt"))
    assert differing(start, tmp_path / "back.ckpt") == {"first/basic_lstm_cell/bias"}
    both = [arrays(path)["first/basic_lstm_cell/bias"] for path in (start, tmp_path / "back.ckpt")]
    assert 0 < np.abs(both[0] - both[1]).max() < 1e-7
    assert back.whole and not back.left


def test_a_checkpoint_gives_what_the_port_does_not_hold(alone, tmp_path):
    pair, start, weights = alone("recurrent")
    pair.to_tensorflow_1(weights, str(tmp_path / "back.ckpt"), start)
    assert differing(start, tmp_path / "back.ckpt") == set()


def test_a_file_of_weights_without_an_optimiser_says_what_is_missing(pairs, tmp_path):
    pair, start, weights, *_ = pairs("batch_norm")
    model = keras.models.load_model(weights, compile=False)
    model.save_weights(tmp_path / "bare.weights.h5")
    back = pair.to_tensorflow_1(str(tmp_path / "bare.weights.h5"), str(tmp_path / "back.ckpt"))
    assert back.whole and back.came == {"variables": 7}
    assert {left.name: left.why for left in back.left} == {
        **{name: "nothing of the port's optimiser stands for it" for name in arrays(start)
           if name.endswith("/Momentum")}, "global_step": "a step counter",
        "updates of optimiser 1": "its file does not hold it",
        **{f"momentum of {path}": "its file does not hold it" for path in (
            "hidden/kernel", "norm/gamma", "norm/beta", "logits/kernel", "logits/bias")}}


def test_a_checkpoint_of_weights_alone_leaves_the_optimiser_as_it_starts(pairs, tmp_path):
    pair, start, *_ = pairs("adam")
    held = {name: value for name, value in arrays(start).items()
            if name in ("hidden/kernel", "hidden/bias", "logits/kernel")}
    _save(held, tmp_path / "few.ckpt")
    there = pair.to_keras(str(tmp_path / "few.ckpt"), str(tmp_path / "few.weights.h5"))
    assert there.came == {"variables": 3} and not there.notes
    left = {each.name: (each.why, each.needed) for each in there.left}
    assert left.pop("logits/bias") == ("stays as the port starts it", True) and not there.whole
    assert left["m of hidden/kernel"] == ("stays as the port starts it", False)
    assert left["updates of optimiser 1"] == ("nothing tells how many they were", False)
    assert len(left) == 13


def _save(values, prefix):
    tf.raw_ops.SaveV2(prefix=str(prefix), tensor_names=list(values),
                      shape_and_slices=[""] * len(values),
                      tensors=[tf.constant(value) for value in values.values()])


@pytest.mark.parametrize("values,said", [
    ({"w": np.zeros(2, np.float32)}, "expected a checkpoint of the captured program, received one "
                                     "of w"),
    ({"hidden/kernel": np.zeros((15, 9), np.float32)},
     r"expected hidden/kernel as float32 \[15, 8\], received float32 \[15, 9\]"),
    ({"hidden/bias": np.zeros(8)}, r"expected hidden/bias as float32 \[8\], received float64")])
def test_a_checkpoint_of_another_program_is_refused(pairs, tmp_path, values, said):
    _save(values, tmp_path / "other.ckpt")
    with pytest.raises(command_line.UsageError, match="--checkpoint=.*other.ckpt: " + said):
        pairs("adam")[0].to_keras(str(tmp_path / "other.ckpt"), str(tmp_path / "x.weights.h5"))
    assert sorted(path.name[:10] for path in tmp_path.iterdir()) == ["other.ckpt"] * 2


def test_files_that_cannot_be_used_are_refused_and_leave_nothing(pairs, tmp_path):
    pair, start, weights, *_ = pairs("adam")
    broken, out = tmp_path / "broken.weights.h5", str(tmp_path / "back.ckpt")
    broken.write_bytes(b"none")
    with pytest.raises(command_line.UsageError, match="--weights=.*expected a file of this port's"):
        pair.to_tensorflow_1(str(broken), out)
    other = pairs("batch_norm")[2]
    with pytest.raises(command_line.UsageError, match="--weights=.*expected a file of this port's"):
        pair.to_tensorflow_1(other, out)
    with pytest.raises(command_line.UsageError, match="--out=.*expected a file .weights.h5, since"):
        pair.to_keras(start, str(tmp_path / "object.keras"))
    assert os.listdir(tmp_path) == ["broken.weights.h5"]


def test_layers_that_an_order_alone_would_exchange_are_told_apart_by_a_step(pairs, tmp_path):
    pairs.train("towers", STEPS, tmp_path / "towers.ckpt")
    there = pairs.conversion("towers").to_keras(
        str(tmp_path / "towers.ckpt"), str(tmp_path / "towers.keras"))
    assert there.whole
    held, model = arrays(tmp_path / "towers.ckpt"), keras.models.load_model(
        tmp_path / "towers.keras")
    assert model.get_layer("minus").kernel.numpy().tobytes() == held["dense_1/kernel"].tobytes()


def _written(**values):
    content = io.BytesIO()
    np.savez(content, **values)
    return content.getvalue()


@pytest.mark.parametrize("content,said", [
    (b"none", "expected arrays, received"),
    # A method of compression that does not exist.
    (_written(x=1.0).replace(b"-\x03-\0\0\0\0\0", b"-\x03-\0\0\0\x63\0"),
     "expected arrays, received"),
    (_written(global_step=np.float32(1)),
     r"expected global_step as int64 \[\], received float32")])
def test_what_stands_beside_a_file_and_does_not_belong_there_is_refused(
        alone, tmp_path, content, said):
    pair, _, weights = alone("recurrent")
    with open(weights + REST, "wb") as file:
        file.write(content)
    with pytest.raises(command_line.UsageError, match="alone.keras.tensorflow1.npz: " + said):
        pair.to_tensorflow_1(weights, str(tmp_path / "back.ckpt"))
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("back")]
