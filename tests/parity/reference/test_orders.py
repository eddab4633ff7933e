"""Orders of racing accesses: which are tried, and which one is chosen."""

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


def edges_of_all(graph):
    return {order.edges for order in orders.candidates([READ, TWO], graph)}


def test_reads_come_before_or_after_the_write_and_two_writes_in_either_order(graph):
    before, after = ("v", "read", "write"), ("v", "write", "read")
    as_made, turned = ("u", "first", "second"), ("u", "second", "first")
    assert edges_of_all(graph) == {(before, as_made), (after, as_made), (before, turned), ()}


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
    assert len(found) == 8 and len({(order.edges, order.as_read) for order in found}) == 8
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


_OWN = Race("u", "first", "read", writes_too=False, trains=True, leads_to=("second",))


@pytest.mark.parametrize("race, firsts", [
    (_OWN, [True, False]),  # the read that the second write needs comes after the first write
    (_OWN._replace(leads_to=()), [False, False]),  # no write needs it
    (_OWN._replace(leads_to=("first", "second")), [False, False]),  # the first one needs it, too
    (_OWN._replace(leads_to=("gone",)), [False, False])])
def test_a_later_write_reads_what_an_earlier_one_has_written(graph, race, firsts):
    found = list(orders.in_turn([TWO, race], graph))
    assert [edges[0] for edges in found] == [("u", "first", "second"), ("u", "second", "first")]
    assert [edges[1].first == "first" for edges in found] == firsts
    stay = list(orders.in_turn([TWO, race], graph, lambda race: True))
    assert all(edges[1].first == "read" for edges in stay)


@pytest.mark.parametrize("count, tried", [(1, 1), (2, 2), (3, 6), (4, 2)])
def test_every_order_of_up_to_three_writes_is_tried(count, tried):
    graph = tf.Graph()
    with graph.as_default():
        names = [tf.no_op(name="write_%d" % number).name for number in range(count)]
    races = [Race("u", later, earlier, True, True)
             for number, later in enumerate(names) for earlier in names[:number]]
    found = list(orders.in_turn(races, graph))
    assert len(found) == tried
    assert all(edge.first < edge.second for edge in found[0])
    assert all(edge.first > edge.second for edge in found[-1])
