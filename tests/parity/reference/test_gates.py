"""Gates: an operation waits for another, but only where both run."""

import pytest
import tensorflow.compat.v1 as tf

from parity.reference import gates
from parity.reference import importing
from parity.reference import orders

_ORDER = orders.Order("an order", (orders.Edge("v", "double", "add"),) * 2)


@pytest.fixture(name="graph_def")
def fixture_graph_def():
    with tf.Graph().as_default() as graph:
        v = tf.get_variable("v", initializer=1.0, use_resource=False)
        x = tf.placeholder(tf.float32, [], name="x")
        tf.assign(v, v * x, name="double")
        tf.assign_add(v, 10.0, name="add")
        return graph.as_graph_def()


def test_an_order_adds_control_inputs_once(graph_def):
    edited = gates.ordered(_ORDER)(graph_def)
    nodes = {node.name: list(node.input) for node in edited.node}
    assert nodes["add"].count("^double") == 1 and "^add" not in nodes["double"]


@pytest.mark.parametrize("alone, expected", [(False, 12.0), (True, 11.0)])
def test_what_waits_runs_alone_where_the_gate_is_open(graph_def, alone, expected):
    edited = gates.ordered(_ORDER, gated={"double"})(graph_def)
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(edited, name="")
        open_gate = gates.open_for(graph, {"double"})
        assert len(open_gate) == 1 and gates.open_for(graph, {"gone"}) == {}
        with tf.Session(config=importing.session_config()) as session:
            session.run("v/Assign")
            fed = open_gate if alone else {"x:0": 2.0}
            session.run(["add"] if alone else ["add", "double"], fed)
            assert session.run("v:0") == expected


def test_a_closed_gate_waits_for_what_the_call_did_not_name(graph_def):
    edited = gates.ordered(_ORDER, gated={"double"})(graph_def)
    with tf.Graph().as_default():
        tf.import_graph_def(edited, name="")
        with tf.Session(config=importing.session_config()) as session:
            session.run("v/Assign")
            with pytest.raises(tf.errors.InvalidArgumentError, match="x"):
                session.run("add")
