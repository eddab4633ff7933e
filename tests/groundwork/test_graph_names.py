"""Renaming a graph's nodes."""

import pytest
from tensorboard.compat.proto import graph_pb2

from groundwork import graph_names


def graph():
    definition = graph_pb2.GraphDef()
    definition.node.add(name="a", op="Const")
    definition.node.add(name="a/b", op="Split", input=["a"])
    node = definition.node.add(name="c", op="Add", input=["a/b:1", "a", "^a"])
    node.attr["_class"].list.s.append(b"loc:@a")
    return definition


def test_a_node_is_renamed_wherever_it_is_referred_to():
    definition = graph()
    graph_names.rename(definition, {"a": "x/a", "a/b": "y"})
    assert [node.name for node in definition.node] == ["x/a", "y", "c"]
    assert list(definition.node[1].input) == ["x/a"]
    assert list(definition.node[2].input) == ["y:1", "x/a", "^x/a"]
    assert list(definition.node[2].attr["_class"].list.s) == [b"loc:@x/a"]


def test_names_that_swap_do_not_meet():
    definition = graph()
    graph_names.rename(definition, {"a": "c", "c": "a"})
    assert [node.name for node in definition.node] == ["c", "a/b", "a"]
    assert list(definition.node[2].input) == ["a/b:1", "c", "^c"]


def test_one_name_for_two_nodes_is_refused():
    with pytest.raises(ValueError, match="two nodes would be named a$"):
        graph_names.rename(graph(), {"c": "a"})


@pytest.mark.parametrize("reference,node", [("a/b", "a/b"), ("a:1", "a"), ("^a/b", "a/b")])
def test_the_node_of_a_reference(reference, node):
    assert graph_names.node_of(reference) == node
