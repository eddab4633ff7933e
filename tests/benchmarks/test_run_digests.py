"""Tests of benchmarks.run_digests."""

from tensorboard.compat.proto import graph_pb2

from benchmarks import run_digests


def test_files_that_differ_or_that_one_side_lacks_are_named():
    before = {"legacy/a": {"metrics.csv": "1", "gone": "2"}, "legacy/b": {"metrics.csv": "3"}}
    after = {"legacy/a": {"metrics.csv": "4", "new": "5"}, "legacy/c": {"DONE": "6"}}
    assert run_digests.different(before, after) == [
        "legacy/a: gone", "legacy/a: metrics.csv", "legacy/a: new", "legacy/b: metrics.csv",
        "legacy/c: DONE"]
    assert run_digests.different(before, before) == []


def test_of_a_graph_the_seeds_alone_do_not_count():
    def digest(seed, op):
        graph = graph_pb2.GraphDef()
        graph.node.add(name="w/Initializer/seed", op="Const").attr["value"].i = seed
        graph.node.add(name="w/read", op=op)
        return run_digests._without_seeds(graph.SerializeToString())

    assert digest(1, "Identity") == digest(2, "Identity")
    assert digest(1, "Identity") != digest(1, "Relu")
