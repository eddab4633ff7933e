"""The graph that a run draws, and the one step that it traces."""

import glob
import os

import numpy as np
import tensorflow.compat.v1 as tf

from groundwork import hyperparameters
from groundwork.data.batches import Batches
from groundwork.run.directory import RunDirectory
from groundwork.run import training_loop
from groundwork.run.run_config import RunConfig
from groundwork.start import Start
from legacy import graph
from legacy import training
from legacy.models import mlp_gan

IDENTITY = {"wing": "legacy", "model": "mlp_gan"}
HPARAMS = hyperparameters.make("mlp_gan", {"batch_size": 16, "phases": "alternating"})


def train(path, digits, steps):
    run_config = RunConfig(seed=1, dtype="float32", train_steps=steps, log_every=5,
                           sample_every=100, checkpoint_every=4, summary_every=100)
    with RunDirectory.open(path, IDENTITY, {}) as run, training.trainer(
            mlp_gan.program, HPARAMS, "float32", run_config) as trainer:
        return training_loop.train(
            trainer, Start(run, HPARAMS, Batches(digits, HPARAMS), run_config))


def events(path):
    """Events of all processes of a run, the first one's first."""
    paths = sorted(glob.glob(os.path.join(path, "events", "*tfevents*")), key=os.path.getmtime)
    return [event for name in paths for event in tf.train.summary_iterator(name)]


def test_a_resumed_run_has_one_graph_and_one_traced_step(tmp_path, digits, monkeypatch):
    path = str(tmp_path / "run")
    for steps in (6, 12, 14):
        train(path, digits, steps)
    graphs = [event.graph_def for event in events(path) if event.graph_def]
    tags = [event.tagged_run_metadata.tag for event in events(path)
            if event.tagged_run_metadata.tag]
    assert len(graphs) == 1
    assert tags == ["step_0010/generator", "step_0010/discriminator"]
    drawn = tf.GraphDef.FromString(graphs[0])
    assert {node.name.split("/")[0] for node in drawn.node} == {
        "inputs", "generator", "discriminator", "discriminator_1", "losses", "train"}
    assert "train/global_step" in {node.name for node in drawn.node}


def test_a_killed_first_process_may_trace_and_draw_again(tmp_path, digits, monkeypatch):
    path = str(tmp_path / "run")
    monkeypatch.setattr(graph, "TRACED_STEP", 2)
    train(path, digits, 3)
    for name in glob.glob(os.path.join(path, "checkpoints", "*")):
        os.remove(name)
    train(path, digits, 3)
    assert len([event for event in events(path) if event.graph_def]) == 2


def run_three_steps(digits, traced):
    """Weights after three steps, the second traced or not; and its traces."""
    batches, traces = Batches(digits, HPARAMS), []
    with tf.Graph().as_default():
        phases = training.make_phases(mlp_gan.program(HPARAMS, "float32"))
        names = {node.name for node in tf.get_default_graph().as_graph_def().node}
        with tf.Session() as session:
            training.initialize(session, 1)
            for step in (1, 2, 3):
                runner = graph.TracedSession(session) if traced and step == 2 else session
                training.run_step(runner, phases, batches(1, step))
                traces += getattr(runner, "traces", [])
            return session.run(tf.global_variables()), traces, names


def test_a_traced_step_computes_what_an_untraced_one_computes(digits):
    weights, traces, names = run_three_steps(digits, traced=True)
    expected, none, _ = run_three_steps(digits, traced=False)
    assert none == []
    for value, reference in zip(weights, expected):
        assert np.asarray(value).tobytes() == np.asarray(reference).tobytes()
    assert len(traces) == 2  # one a phase
    for trace in traces:
        timed = {node.node_name for device in trace.step_stats.dev_stats
                 for node in device.node_stats if node.all_end_rel_micros >= 0}
        assert len(timed & names) > 40
        assert {name for name in timed if name.startswith("generator/hidden1/")}
