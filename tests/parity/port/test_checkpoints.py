"""Checkpoints between today's TensorFlow and `tf.train.Saver`; what a port holds of a state."""

import numpy as np
import pytest
import tensorflow as tf

from parity.port import checkpoints

VALUES = {"a/kernel": np.float32([[1.5, -0.0], [np.nan, 1e-45]]), "step": np.int64(2 ** 40),
          "power": np.float32(0.9)}


def _graph():
    """A TensorFlow 1 graph with the variables of `VALUES`, of both kinds."""
    graph = tf.Graph()
    with graph.as_default():
        for number, (name, value) in enumerate(VALUES.items()):
            tf.compat.v1.get_variable(name, initializer=np.zeros_like(value),
                                      use_resource=bool(number % 2))
    return graph


def test_a_saver_of_tensorflow_1_restores_what_was_written(tmp_path):
    prefix = str(tmp_path / "ckpt")
    checkpoints.write(prefix, VALUES.items())
    with _graph().as_default(), tf.compat.v1.Session() as session:
        tf.compat.v1.train.Saver().restore(session, prefix)
        found = session.run({name: name + ":0" for name in ("a/kernel", "power")})
        found["step"] = session.run(tf.compat.v1.global_variables()[1])
    assert {name: np.asarray(value).tobytes() for name, value in found.items()} == {
        name: value.tobytes() for name, value in VALUES.items()}


def test_what_a_saver_of_tensorflow_1_writes_is_read(tmp_path):
    prefix = str(tmp_path / "ckpt")
    with _graph().as_default(), tf.compat.v1.Session() as session:
        for variable, value in zip(tf.compat.v1.global_variables(), VALUES.values()):
            variable.load(value, session)
        tf.compat.v1.train.Saver().save(session, prefix)
    found = dict(checkpoints.read(prefix, list(VALUES)))
    assert {name: np.asarray(value).tobytes() for name, value in found.items()} == {
        name: value.tobytes() for name, value in VALUES.items()}


def test_a_checkpoint_tells_its_names_shapes_and_types(tmp_path):
    prefix = str(tmp_path / "ckpt")
    checkpoints.write(prefix, [*VALUES.items(), ("said", np.array(b"words"))])
    assert checkpoints.contents(prefix) == {
        "a/kernel": {"shape": [2, 2], "dtype": "float32"},
        "power": {"shape": [], "dtype": "float32"}, "step": {"shape": [], "dtype": "int64"}}


def test_what_is_no_checkpoint_is_told_in_a_line(tmp_path):
    (tmp_path / "broken.index").write_bytes(b"none")
    for name in ("broken", "missing"):
        with pytest.raises(checkpoints.NoCheckpoint, match="a whole checkpoint, received ") as said:
            checkpoints.contents(str(tmp_path / name))
        assert "\n" not in str(said.value)


def test_a_checkpoint_of_which_a_part_is_missing_is_told_in_a_line(tmp_path):
    prefix = str(tmp_path / "ckpt")
    checkpoints.write(prefix, VALUES.items())
    data = tmp_path / "ckpt.data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:-8])
    assert list(checkpoints.contents(prefix)) == ["a/kernel", "power", "step"]
    with pytest.raises(checkpoints.NoCheckpoint, match="expected a whole checkpoint, received "):
        dict(checkpoints.read(prefix, ["step"]))
