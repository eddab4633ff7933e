"""Tests of parity.reference.rate_formula: which control inputs belong to a loop."""

import tensorflow.compat.v1 as tf

from parity.reference import rate_formula


def test_what_waits_for_the_end_of_a_loop_is_not_part_of_it():
    graph = tf.Graph()
    tf.disable_control_flow_v2()
    try:
        with graph.as_default():
            end = tf.while_loop(lambda i: i < 3, lambda i: i + 1, [tf.constant(0)])
            assert end.op.type == "Exit"
            with tf.control_dependencies([end]):
                tf.constant(0.5, name="rate")
        inside = next(op.name for op in graph.get_operations() if op.name.endswith("/add/y"))
        nodes = {node.name: node for node in
                 rate_formula.independent(graph.as_graph_def()).node}
    finally:
        tf.enable_control_flow_v2()
    assert list(nodes["rate"].input) == []
    assert [name[0] for name in nodes[inside].input] == ["^"]  # or the loop would never begin
