"""parity.graphs: what two graphs have in common, told from hand-made ones."""

import json
import os
import struct
import subprocess
import sys

import pytest
from tensorboard.compat.proto import event_pb2
from tensorboard.compat.proto import graph_pb2
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

from parity import command_line
from parity.graph import boxes
from parity.graph import comparison
from parity.graph import events
from parity import graphs

DENSE = [("net/dense/MatMul", "MatMul", ["x", "net/dense/read"], (-1, 3)),
         ("net/dense/BiasAdd", "BiasAdd", ["net/dense/MatMul"], (-1, 3))]
LOSS = [("losses/Mean", "Mean", ["net/dense/BiasAdd"], ())]


def graph(operations, variable="VarHandleOp", variable_shape=(2, 3)):
    """A GraphDef of [(name, type, inputs, shape)], with a placeholder and one variable."""
    definition = graph_pb2.GraphDef()
    definition.node.add(name="x", op="Placeholder")
    kernel = definition.node.add(name="net/dense/kernel", op=variable)
    for size in variable_shape:
        kernel.attr["shape"].shape.dim.add(size=size)
    definition.node.add(name="net/dense/read", op="Identity" if variable == "VariableV2" else
                        "ReadVariableOp", input=["net/dense/kernel"])
    for name, operation, inputs, shape in operations:
        node = definition.node.add(name=name, op=operation, input=inputs)
        if shape is None:
            continue
        output = node.attr["_output_shapes"].list.shape.add()
        for size in shape:
            output.dim.add(size=size)
    return definition


def record(data, length=None):
    """A record of an event file, which may say that it is of another length."""
    header = struct.pack("<Q", len(data) if length is None else length)
    return b"".join([header, struct.pack("<I", masked_crc32c(header)), data,
                     struct.pack("<I", masked_crc32c(data))])


def write_run(path, definition=None, wing=""):
    """A run directory with one event file; TensorBoard's own writer would start TensorFlow."""
    (path / "events").mkdir(parents=True, exist_ok=True)
    events = [event_pb2.Event(file_version="brain.Event:2")]
    if definition is not None:
        events.append(event_pb2.Event(graph_def=definition.SerializeToString()))
    (path / "events" / "events.out.tfevents.1").write_bytes(
        b"".join(record(event.SerializeToString()) for event in events))
    if wing:
        (path / "config.json").write_text(json.dumps({"identity": {"wing": wing}}))
    return str(path)


@pytest.fixture
def run(monkeypatch, capsys):
    """Function of arguments to (exit status, lines of output, lines of standard error)."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["graphs.py"] + list(arguments))
        status = command_line.run("parity.graphs", graphs.main)
        written = capsys.readouterr()
        return status, written.out.splitlines(), written.err.splitlines()

    return call


@pytest.fixture
def compare(run, tmp_path):
    """Function of two GraphDefs to (exit status, lines of output)."""

    def call(legacy, modern):
        runs = [write_run(tmp_path / side, definition)
                for side, definition in (("legacy", legacy), ("modern", modern))]
        status, lines, errors = run("--legacy=" + runs[0], "--modern=" + runs[1])
        assert errors == []
        assert all(len(line) <= 80 for line in lines)
        return status, lines

    return call


def test_equal_networks_are_the_same_whatever_holds_their_variables(compare):
    training = [("train/Adam", "ResourceApplyAdam", [], ()),
                ("gradients/dense/MatMul", "MatMul", ["net/dense/read"], (2, 3)),
                ("gradients/dense/BiasAddGrad", "BiasAddGrad", [], (3,)),
                ("save/SaveV2", "SaveV2", [], ())]
    shapes = [("net/dense/Shape", "Shape", ["x"], (2,))]
    status, lines = compare(graph(DENSE + LOSS + training, "VariableV2"),
                            graph(shapes + DENSE + LOSS))
    assert status == 0
    assert lines[:2] == ["graphs: same", "  2 boxes, 2 of 2 layers the same"]
    assert lines[5:7] == [
        "net: same",
        "  dense             both    MatMul, BiasAdd                         ?x3        6"]
    assert lines[8:] == [
        "losses: same",
        "  (box itself)      both    Mean                                 scalar"]


def test_a_bias_in_another_shape_is_the_same(compare):
    reshaped = [DENSE[0], ("net/dense/Reshape", "Reshape", ["net/dense/read"], (1, 3)),
                ("net/dense/BiasAdd", "BiasAdd", ["net/dense/MatMul", "net/dense/Reshape"],
                 (-1, 3))]
    assert compare(graph(DENSE), graph(reshaped))[0] == 0


def test_values_in_another_shape_are_different(compare):
    reshaped = DENSE[:1] + [("net/dense/Reshape", "Reshape", ["net/dense/MatMul"], (-1, 3)),
                            ("net/dense/BiasAdd", "BiasAdd", ["net/dense/Reshape"], (-1, 3))]
    assert compare(graph(DENSE), graph(reshaped))[0] == 1


AVERAGE = [("net/dense/Sub", "Sub", ["net/dense/read", "net/dense/BiasAdd"], (3,)),
           ("net/dense/Assign", "AssignSubVariableOp", ["net/dense/kernel", "net/dense/Sub"], ())]


def test_what_is_computed_to_be_assigned_is_no_forward_operation(compare):
    assert compare(graph(DENSE + LOSS + AVERAGE), graph(DENSE + LOSS))[0] == 0


def test_what_is_used_otherwise_too_is_one(compare):
    used = [("net/other/Mean", "Mean", ["net/dense/Sub"], ())]
    status, lines = compare(graph(DENSE + AVERAGE + used), graph(DENSE + used))
    assert status == 1
    assert any("MatMul, BiasAdd, Sub" in line for line in lines)


def test_what_another_box_assigns_is_a_forward_operation(compare):
    update = [("train/Assign", "AssignVariableOp", ["net/dense/kernel", "net/dense/BiasAdd"], ())]
    assert compare(graph(DENSE + update), graph(DENSE))[0] == 0
    assert compare(graph(DENSE + update), graph(DENSE[:1]))[0] == 1


@pytest.mark.parametrize("training,status", [(True, 0), (False, 1)])
def test_batch_norm_has_moving_averages_when_it_does_not_train(compare, training, status):
    graphs_of_both = []
    for averages in (["net/dense/read"] * 2, ["x", "x"]):
        definition = graph([("net/dense/Norm", "FusedBatchNormV3", ["x", "x", "x"] + averages,
                             (-1, 3))])
        definition.node[-1].attr["is_training"].b = training
        graphs_of_both.append(definition)
    assert compare(*graphs_of_both)[0] == status


def test_another_operation_is_different(compare):
    other = [DENSE[0], ("net/dense/add", "AddV2", ["net/dense/MatMul"], (-1, 3))]
    status, lines = compare(graph(DENSE), graph(other))
    assert status == 1
    assert lines[0] == "graphs: different"
    assert lines[5:] == [
        "net: different",
        "  dense             legacy  MatMul, BiasAdd                         ?x3        6",
        "                    modern  MatMul, Add                             ?x3        6"]


@pytest.mark.parametrize("legacy,modern,status", [
    ((-1, 3), (64, 3), 0), ((-1, 3), (-1, 4), 1), ((-1, 3), (-1, 3, 1), 1), ((5, 3), (6, 3), 1)])
def test_shapes_must_fit_and_an_open_batch_fits_any(compare, legacy, modern, status):
    assert compare(*(graph([DENSE[0][:3] + (shape,)]) for shape in (legacy, modern)))[0] == status


def test_other_weights_are_different(compare):
    assert compare(graph(DENSE), graph(DENSE, variable_shape=(4, 3)))[0] == 1


def test_layers_that_take_another_layers_values_are_different(compare):
    second = ("net/second/BiasAdd", "BiasAdd", ["net/dense/BiasAdd"], (-1, 3))
    status, lines = compare(graph(DENSE + [second]),
                            graph(DENSE + [second[:2] + (["x"],) + second[3:]]))
    assert status == 1
    assert [line.strip() for line in lines if "from" in line] == ["from net/dense", "from x"]


@pytest.mark.parametrize("name", ["net/extra/MatMul", "other/dense/MatMul"])
def test_another_layer_or_network_is_another_structure(compare, name):
    status, lines = compare(graph(DENSE), graph(DENSE + [(name, "MatMul", ["x"], (-1, 3))]))
    assert status == 2
    assert lines[0] == "graphs: other structure"
    assert any(line.startswith("  " + name.split("/")[1]) and "none" in line for line in lines)


def test_long_names_and_many_operations_have_lines_of_their_own(compare):
    names = {17: "a" * 17, 18: "b" * 18}
    many = [(f"net/{names[17]}/op{number}", operation, ["x"], (-1, 3)) for number, operation in
            enumerate(["MatMul", "BiasAdd", "Relu", "Relu", "Softplus", "Sigmoid", "Softmax"])]
    definition = graph(DENSE + many + [(f"net/{names[18]}/MatMul", "MatMul", ["x"], None)])
    _, lines = compare(definition, definition)
    assert lines[7:] == [
        f"  {names[17]} both    MatMul, BiasAdd, 2 Relu,                ?x3",
        " " * 28 + "Softplus, Sigmoid, Softmax",
        f"  {names[18]}", "                    both    MatMul                              unknown"]


@pytest.mark.parametrize("length,shown", [(60, "n" * 60), (61, "...")])
def test_a_box_of_a_very_long_name_is_cut(compare, length, shown):
    definition = graph(DENSE + [("n" * length + "/dense/MatMul", "MatMul", ["x"], (-1, 3))])
    _, lines = compare(definition, definition)
    assert f"{shown}: same" in lines


def test_shapes_that_are_not_known_fit_any():
    known, unknown, other = (boxes.boxes(graph([DENSE[0][:3] + (shape,)]))["net"].layers["dense"]
                             for shape in ((-1, 3), None, (-1, 4)))
    assert (known.shapes, unknown.shapes, known.output) == ([[-1, 3]], [None], [-1, 3])

    def verdict(*layers):
        return comparison.LayerPair("dense", *layers).verdict
    assert verdict(known, unknown) == verdict(unknown, known) == "same"
    assert verdict(known, other) == "different"


def test_shapes_are_compared_operation_by_operation_whatever_their_order(compare):
    wide = [("net/dense/MatMul", "MatMul", ["x"], (-1, 3)), ("net/dense/Relu", "Relu", ["x"],
                                                             (-1, 2))]
    assert compare(graph(wide), graph(wide[::-1]))[0] == 0
    crossed = [each[:3] + (shape,) for each, shape in zip(wide, ((-1, 2), (-1, 3)))]
    assert compare(graph(wide), graph(crossed))[0] == 1


def test_a_version_of_an_operation_is_the_operation():
    found = [boxes.boxes(graph(DENSE + [("net/add/sum", op, ["x"], (-1, 3))]))
             for op in ("Add", "AddV2")]
    assert found[0] == found[1]
    assert found[0]["net"].layers["add"].operations == ["Add"]


def test_initializers_are_no_part_of_a_network():
    initial = ("net/dense/kernel/Initializer/mul", "Mul", [], (2, 3))
    assert boxes.boxes(graph(DENSE + [initial])) == boxes.boxes(graph(DENSE))


def test_bad_input_is_one_line_and_64(run, tmp_path):
    good = write_run(tmp_path / "good", graph(DENSE), "legacy")
    port = write_run(tmp_path / "port", graph(DENSE), "modern")
    empty = write_run(tmp_path / "empty")
    loose = write_run(tmp_path / "loose", graph([("MatMul", "MatMul", [], (2, 3))]))
    (tmp_path / "nothing").mkdir()
    torn = write_run(tmp_path / "torn", graph(DENSE))
    [path] = (tmp_path / "torn" / "events").iterdir()
    path.write_bytes(path.read_bytes()[:-9])
    for legacy, modern, words in [
            (good, tmp_path / "missing", ["--modern=", "a path that does not exist"]),
            (path, port, ["--legacy=", "expected a run directory", "a file"]),
            (tmp_path / "nothing", port, ["--legacy=", "expected event files"]),
            (good, empty, ["--modern=", "expected a graph in its event files"]),
            (good, loose, ["--modern=", "network in a name scope"]),
            (good, torn, [str(path), "damaged"]),
            (good, good, ["--modern=", "expected a run of modern.train", "legacy.train"]),
            (port, good, ["--legacy=", "expected a run of legacy.train", "modern.train"]),
            (empty, empty, ["--modern=", "another run than --legacy"])]:
        status, lines, errors = run(f"--legacy={legacy}", f"--modern={modern}")
        assert (status, lines, len(errors)) == (64, [], 1), words
        assert errors[0].startswith("parity.graphs: ")
        assert all(word in errors[0] for word in words), errors
    assert run("--legacy=" + good)[0] == 64


@pytest.mark.parametrize("length", [2 ** 40, 2 ** 62, 2 ** 63 - 1, 2 ** 64 - 1])
def test_a_record_of_absurd_length_is_one_line_and_64(run, tmp_path, length):
    port = write_run(tmp_path / "port", graph(DENSE))
    torn = write_run(tmp_path / "torn")
    [path] = (tmp_path / "torn" / "events").iterdir()
    path.write_bytes(path.read_bytes() + record(b"graph", length))
    status, lines, errors = run(f"--legacy={torn}", f"--modern={port}")
    assert (status, lines, errors) == (
        64, [], [f"parity.graphs: {path}: expected an event file, received a damaged one"])


def test_damaged_bytes_of_an_event_file_are_one_line_or_change_nothing(run, tmp_path):
    port = write_run(tmp_path / "port", graph(DENSE))
    torn = write_run(tmp_path / "torn", graph(DENSE))
    [path] = (tmp_path / "torn" / "events").iterdir()
    whole, ended = path.read_bytes(), set()
    for place in range(0, len(whole), 40):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x81]) + whole[place + 1:])
        status, _, errors = run(f"--legacy={torn}", f"--modern={port}")
        ended.add((status, len(errors)))
    assert ended == {(64, 1)}


def test_graphs_that_go_round_in_circles_or_name_what_is_not_there_end():
    circle = [("net/a/read", "Identity", ["net/b/read"], ()),
              ("net/b/read", "Identity", ["net/a/read"], ()),
              ("net/out/MatMul", "MatMul", ["net/a/read", "nobody:1", "^nobody"], (-1, 3)),
              ("net/out/Assign", "Assign", ["net/nobody", "^net/nobody"], ())]
    found = boxes.boxes(graph(DENSE + circle))
    assert found["net"].layers["out"].operations == ["MatMul"]
    assert found["net"].layers["out"].sources == []
    assert found["net"].layers["dense"] == boxes.boxes(graph(DENSE))["net"].layers["dense"]


def test_the_command_runs_without_tensorflow(tmp_path, repository):
    runs = [write_run(tmp_path / side, graph(DENSE)) for side in ("a", "b")]
    program = ("import sys; from parity import graphs; "
               f"status = graphs.main(['--legacy={runs[0]}', '--modern={runs[1]}']); "
               "sys.exit(1 if 'tensorflow' in sys.modules else status)")
    done = subprocess.run([sys.executable, "-c", program], cwd=repository, env=dict(os.environ),
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("graphs: same\n")


@pytest.mark.parametrize("content", [b"[" * 100_000, b"[]", b"{}", b"\xff", b'{"identity": 3}'])
def test_a_config_file_of_another_kind_names_no_wing(tmp_path, content):
    (tmp_path / "config.json").write_bytes(content)
    assert events.wing(str(tmp_path)) == ""
