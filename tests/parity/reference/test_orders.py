"""Orders of racing accesses: the edges that they add, and which one is chosen."""

import pytest
import tensorflow.compat.v1 as tf

from parity.reference import orders
from parity.reference.races import Race

READ = Race("v", "write", "read", writes_too=False, trains=True)
TWO = Race("u", "second", "first", writes_too=True, trains=True)


@pytest.fixture
def graph():
    graph = tf.Graph()
    with graph.as_default():
        for name in ("first", "second", "write", "read"):
            tf.no_op(name=name)
    return graph


def by_name(graph):
    return {order.name: order for order in orders.candidates([READ, TWO], graph)}


def test_reads_come_before_or_after_the_write(graph):
    found = by_name(graph)
    assert ("v", "read", "write") in found["reads before writes"].edges
    assert ("v", "write", "read") in found["writes before reads"].edges


def test_two_writes_come_as_they_were_made_or_the_other_way_round(graph):
    found = by_name(graph)
    assert ("u", "first", "second") in found["as they were made"].edges
    assert ("u", "second", "first") in found["last made first"].edges


def test_an_order_adds_control_inputs_once(graph):
    order = orders.Order("an order", (orders.Edge("v", "read", "write"),) * 2)
    edited = orders.ordered(order)(graph.as_graph_def())
    assert {node.name: list(node.input) for node in edited.node} == {
        "first": [], "second": [], "write": ["^read"], "read": []}


def test_the_order_that_comes_nearest_is_chosen(graph):
    def scores_of(order):
        fits = ("v", "write", "read") in order.edges and not order.as_read
        return {"v": 0.1 if fits else 5.0, "u": 0.1}
    assert ("v", "write", "read") in orders.settled([READ, TWO], graph, scores_of).edges


def test_each_variable_may_have_an_order_of_its_own(graph):
    def scores_of(order):
        return {"v": 0.1 if ("v", "read", "write") in order.edges else 5.0,
                "u": 0.1 if ("u", "second", "first") in order.edges else 5.0}
    chosen = orders.settled([READ, TWO], graph, scores_of)
    assert set(chosen.edges) == {("v", "read", "write"), ("u", "second", "first")}


def test_every_order_is_tried_with_numbers_as_they_were_read(graph):
    found = orders.candidates([READ, TWO], graph)
    assert len(found) == 10 and len({order.name for order in found}) == 10
    assert {order.edges for order in found if order.as_read} == {
        order.edges for order in found if not order.as_read}
    assert () in {order.edges for order in found}


def test_nothing_is_added_where_nothing_helps(graph):
    def scores_of(order):
        return {"v": 1.5 + len(order.edges), "u": 1.5 + order.as_read}
    assert orders.settled([READ, TWO], graph, scores_of) is orders.AS_CHOSEN


def test_what_a_session_chose_by_luck_is_not_relied_on_where_an_order_explains_it(graph):
    def scores_of(order):
        return dict.fromkeys("uv", 0.0 if order is orders.AS_CHOSEN else
                             0.5 if order.name == "writes before reads" else 2.0)
    assert orders.settled([READ, TWO], graph, scores_of).name == "writes before reads"


def test_of_races_in_loops_alone_nothing_is_claimed(graph, monkeypatch):
    monkeypatch.setattr(orders.loops, "inside", lambda graph: {"read", "first"})
    found = orders.candidates([READ, TWO], graph)
    assert [order.name for order in found] == [
        orders.AS_CHOSEN.name, orders.AS_CHOSEN.name + ", single numbers as they were read"]
    assert orders.settled([READ, TWO], graph, lambda order: {"v": 0.0}) in found
