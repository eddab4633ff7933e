"""`--names`: a file says which variable is which, and is refused where it cannot be meant."""

import json

import numpy as np
import pytest

from parity import command_line
from parity.judge import differences
from parity.judge.rungs import structure
from parity.pair import mapping
from parity.pair import names_file
from parity.pair import variables
from tests.parity.pair.described import both, entry, pairs, port

REFERENCE = [entry("Variable", "kernel", [4, 4], layer="Variable"),
             entry("Variable_1", "kernel", [4, 4], layer="Variable_1")]
PORT = [port("a/kernel", [4, 4]), port("b/kernel", [4, 4])]
CROSSED = {("Variable", "b/kernel"), ("Variable_1", "a/kernel")}


@pytest.fixture
def written(tmp_path):
    """Function (name, text) that writes a file and returns its path."""
    def write(name, text):
        path = tmp_path / name
        path.write_text(text)
        return str(path)
    return write


def paired(path, reference=tuple(REFERENCE), ported=tuple(PORT)):
    return variables.pair(list(reference), list(ported), names_file.read(path))


@pytest.mark.parametrize("name,text", [
    ("one.py", "NAMES = {'Variable': 'b/kernel'}"),
    ("ending.py", "NAMES = {'Variable:0': 'b/kernel', 'Variable_1': None}"),
    ("pairs.py", "NAMES = [('^Variable$', 'b'), ('^b$', 'b/kernel')]"),
    ("function.py", "def names(name):\n    return 'b/kernel' if name == 'Variable' else None"),
    ("one.json", json.dumps({"Variable": "b/kernel"})),
    ("pairs.json", json.dumps([["^Variable$", "b/kernel"]]))])
def test_every_form_overrides_the_order_and_the_rest_is_paired_as_ever(written, name, text):
    found = paired(written(name, text))
    assert pairs(found) == CROSSED
    assert [row.reason for row in found.rows] == ["names file", "kind, shape and order of use"]


def test_what_the_file_would_hold_may_be_given_itself():
    assert pairs(paired({"Variable": "b/kernel"})) == CROSSED
    assert names_file.read(None) is None


def test_names_and_cells_of_the_reference_do_not_win_over_the_file():
    found = variables.pair([entry("fc/kernel", "kernel", [4, 4])],
                           [port("fc/kernel", [4, 4]), port("other/kernel", [4, 4])],
                           names_file.read({"fc/kernel": "other/kernel"}))
    assert pairs(found) == {("fc/kernel", "other/kernel")}


def test_one_kernel_of_a_cell_is_two_by_name_too():
    cell = entry("rnn/kernel", "kernel", [5, 8], "LSTM cell")
    ported = [port("one/kernel", [3, 8]), port("one/recurrent_kernel", [2, 8]),
              port("two/kernel", [3, 8]), port("two/recurrent_kernel", [2, 8])]
    found = paired({"rnn/kernel": ["two/kernel", "two/recurrent_kernel"]}, [cell], ported)
    assert pairs(found) == {("rnn/kernel", "two/kernel"), ("rnn/kernel", "two/recurrent_kernel")}
    value = np.arange(40.0).reshape(5, 8)
    assert found.rows[1].transform.state(value)[0].tolist() == [24, 25, 28, 29, 26, 27, 30, 31]


def test_one_kernel_of_three_dense_layers_is_cut_along_the_axis_that_they_share():
    found = paired({"qkv/kernel": ["q/kernel", "k/kernel", "v/kernel"]},
                   [entry("qkv/kernel", "kernel", [4, 12])],
                   [port(f"{name}/kernel", [4, 4]) for name in "qkv"])
    value = np.arange(48.0).reshape(4, 12)
    assert (found.rows[1].transform.state(value) == value[:, 4:8]).all()
    assert not found.port_only and not found.reference_only


def test_a_pattern_may_hit_what_the_port_does_not_hold_if_no_layer_uses_it():
    average = entry("Variable/average", "average", [4, 4], "state", False)
    pattern = [["^Variable(?!_)", "b"], ["^b$", "b/kernel"]]
    assert pairs(paired(pattern, [*REFERENCE, average])) == CROSSED
    with pytest.raises(command_line.UsageError, match="received b/average"):
        paired({"Variable/average": "b/average"}, [*REFERENCE, average])


def test_another_shape_is_a_difference_of_structure_that_names_both_shapes():
    reference, ported = both([entry("w", "kernel", [3, 4])],
                             [port("d/kernel", [3, 5]), port("e/kernel", [3, 4])])
    found = mapping.mapping(reference, ported, names_file.read({"w": "d/kernel"}))
    apart = [each for each in structure.found(found) if each.dtype == "float64"]
    assert (apart[0].tensor, apart[0].verdict) == ("w", differences.DIFFERENT)
    assert apart[0].note == "w is [3, 4]; the nearest of the port, d/kernel, is [3, 5]"


@pytest.mark.parametrize("name,text,said", [
    ("no.txt", "NAMES = {}", "expected a .py file that defines NAMES or the function names"),
    ("other.py", "MAP = {}", "expected a .py file that defines NAMES or the function names"),
    ("broken.json", "{", "expected JSON"),
    ("raises.py", "\nNAMES = undefined", "NameError: name 'undefined' is not defined (line 2)"),
    ("number.py", "NAMES = 7", "expected a dictionary {TensorFlow 1 name: port path}"),
    ("triples.json", '[["a", "b", "c"]]', "received list [['a', 'b', 'c']]"),
    ("regular.json", '[["(", "b"]]', "expected regular expressions, received '('"),
    ("group.json", '[["Var", "\\\\2"]]', "expected a replacement for 'Var'"),
    ("program.py", "NAMES = {'generator/kernel': 'a/kernel'}",
     "expected names of this program's variables, as "),
    ("nothing.json", '[["discriminator", "a"]]',
     "expected names of this program, as Variable, Variable_1, received none of them"),
    ("path.py", "NAMES = {'Variable': 'c/kernel'}",
     "expected paths of the port's variables, as b/kernel, a/kernel, received c/kernel"),
    ("twice.py", "NAMES = {'Variable': 'a/kernel', 'Variable_1': 'a/kernel'}",
     "received Variable and Variable_1 for a/kernel"),
    ("fails.py", "def names(name):\n    return {}[name]", "received KeyError: 'Variable'"),
    ("type.py", "def names(name):\n    return 3", "received int 3")])
def test_what_cannot_be_meant_is_refused_in_one_line(written, name, text, said):
    path = written(name, text)
    with pytest.raises(command_line.UsageError) as error:
        paired(path)
    line = str(error.value)
    assert line.startswith(f"--names={path}: ") and "\n" not in line
    assert said in line


def test_a_file_that_is_not_there_is_refused():
    with pytest.raises(command_line.UsageError, match="expected a file, received none"):
        names_file.read("no_such_names.py")
