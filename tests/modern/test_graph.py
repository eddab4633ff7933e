"""The graph that a run draws: names as Keras makes them, made readable."""

import glob
import os

import keras
from tensorboard.compat.proto import event_pb2
from tensorboard.compat.proto import graph_pb2
import tensorflow as tf

from groundwork import hyperparameters
from groundwork.data.batches import Batches
from groundwork.run.directory import RunDirectory
from groundwork.run import training_loop
from groundwork.run.run_config import RunConfig
from groundwork.start import Start
from modern import graph
from modern import training
from modern.models import vae

IDENTITY = {"wing": "modern", "model": "vae"}


def graphs(path):
    """The graphs in a run's event files."""
    found = []
    for name in sorted(glob.glob(os.path.join(path, "events", "*tfevents*"))):
        for record in tf.data.TFRecordDataset(name).as_numpy_iterator():
            serialized = event_pb2.Event.FromString(record).graph_def
            found += [graph_pb2.GraphDef.FromString(serialized)] if serialized else []
    return found


def test_a_resumed_run_has_one_graph(tmp_path, digits):
    hparams = hyperparameters.make("vae", {"batch_size": 16})
    path = str(tmp_path / "run")
    for steps in (2, 4):
        run_config = RunConfig(seed=1, dtype="float32", train_steps=steps, log_every=5,
                               sample_every=100, checkpoint_every=2, summary_every=100)
        with RunDirectory.open(path, IDENTITY, {}) as run, training.trainer(
                vae.program, hparams, "float32", run_config) as trainer:
            training_loop.train(
                trainer, Start(run, hparams, Batches(digits, hparams), run_config))
    [drawn] = graphs(path)
    names = {node.name for node in drawn.node}
    assert {"encoder/hidden1/MatMul", "encoder/hidden1/kernel", "decoder_1/output/BiasAdd",
            "inputs/epsilon", "train/decoder/output/bias/v", "train/vae/vae/beta_1_power",
            "train/vae/vae/gradients/decoder/output/MatMul/MatMul"} <= names
    assert not [name for name in names if name.startswith(("gradient_tape", "vae"))]


def test_drawing_changes_no_variable():
    hparams = hyperparameters.make("vae", {})
    program = vae.program(hparams, "float64")
    training.initialize(program.model, 1)
    variables = program.model.variables + program.model.loss_optimizers["vae"].variables
    before = [variable.numpy().tobytes() for variable in variables]
    drawn = graph.graph_def(program, training.update_variables, training.finish_step)
    assert [variable.numpy().tobytes() for variable in variables] == before
    kernel = next(node for node in drawn.node if node.name == "encoder/hidden1/kernel")
    assert kernel.op == "VarHandleOp"
    assert kernel.attr["dtype"].type == tf.float64.as_datatype_enum


def test_layers_lose_the_numbers_that_keras_adds_and_uses_are_counted():
    inner = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, name="dense_1")],
                             name="net_2")
    model = keras.Model(inner.inputs, inner(inner.inputs[0]), name="whole_3")
    names = graph._LayerNames(model)
    assert names("net_2_1/dense_1_1/MatMul") == "net_2/dense_1/MatMul"
    assert names("net_2_1/dense_1_3/MatMul") == "net_2/dense_1_1/MatMul"
    assert names("net_2_3/dense_1_1/MatMul") == "net_2_1/dense_1/MatMul"
    assert names("net_2_1/dense_1_1/BiasAdd") == "net_2/dense_1/BiasAdd"
    assert names("whole_3_1/net_2_1/dense_1_1/MatMul") == "net_2_2/dense_1/MatMul"
    assert names("losses/net_2_1/Mean") == "losses/net_2_1/Mean"
    assert names("inputs/x") == "inputs/x"
