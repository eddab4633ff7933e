"""`--show_mapping`: the mapping as a table, and the exit status."""

import pytest

from parity import command_line
from parity import verify
from parity.pair import mapping
from parity.pair import many
from parity.pair import names_file
from parity.pair import table
from tests.parity.pair.described import both, entry, port

PORT = "examples/gan/port.py:build"


def described(size=4):
    """A mapping of a dense layer, a convolution and bookkeeping."""
    reference = [entry("fc/weights", "kernel", [3, 4], optimizer=0),
                 entry("conv/weights", "kernel", [1, 1, 4, 4], "convolution", optimizer=0),
                 entry("again/weights", "kernel", [4, 4], optimizer=0),
                 entry("frozen/table", "embeddings", [7, 2], "embedding", False),
                 entry("global_step", "global_step", [], "state", False) | {"dtype": "int64"}]
    ported = [port("fc/kernel", [3, size]), port("dense/kernel", [4, 4]),
              port("dense_1/kernel", [4, 4])]
    updates = [{"variable": "fc/weights", "kind": "Momentum", "scope": "o", "constants": {},
                "slots": {"accum": "fc/weights/Momentum"}}]
    inputs = [{"tensor": "images:0", "shape": [2, 3], "dtype": "float32", "phases": [0]},
              {"tensor": "labels:0", "shape": [2], "dtype": "int64", "phases": [0]},
              {"tensor": "keep_prob:0", "shape": [], "dtype": "float32", "phases": [0]}]
    reference, ported = both(reference, ported, updates, inputs, ["fc/kernel"], ["momentum"])
    ported["optimizers"][0]["stock"] = "SGD"
    ported["inputs"] = [{"name": "pixels", "shape": [None, 3], "dtype": "float32"}]
    return mapping.mapping(reference, ported)


def lines(found):
    """[words] of the lines of a table."""
    return [" ".join(line.split()) for line in table.text(found).splitlines()]


def test_each_pair_has_its_layout_its_reason_and_how_many_others_would_fit():
    found = lines(described())
    assert found[:2] == ["variables", "TensorFlow 1 port layout paired by others that fit"]
    assert "fc/weights fc/kernel as it is name none" in found
    assert "again/weights dense_1/kernel as it is kind, shape and order of use none" in found
    assert ("conv/weights dense/kernel reshaped to [4, 4] kind, shape and order of use 1"
            in found)


def test_inputs_slots_and_what_has_no_partner_follow():
    found = lines(described())
    assert "images:0 pixels type and shape" in found
    assert "labels:0 label what the model does not take" in found
    assert "keep_prob:0 not given to the port" in found
    assert "fc/kernel momentum: fc/weights/Momentum times minus the rate" in found
    assert found[found.index("without a partner") + 1] == (
        "frozen/table is [7, 2] and is not trained")
    assert found[found.index("bookkeeping, not compared") + 1] == "global_step a step counter"


def test_shapes_that_differ_are_told_under_what_has_no_partner():
    assert ("fc/weights fc/weights is [3, 4]; the nearest of the port, fc/kernel, is [3, 5]"
            in lines(described(5)))


@pytest.fixture
def asked(monkeypatch, repository):
    """What `table.show` was asked, in a list."""
    seen = []

    def show(pair, folder, progress):
        seen.append(pair)
        return "variables\n", 2
    monkeypatch.setattr(table, "show", show)
    monkeypatch.chdir(repository)
    return seen


def test_the_command_prints_the_table_and_ends_with_its_status(asked, capsys, tmp_path):
    names = tmp_path / "names.json"
    names.write_text('{"fc/weights": "fc/kernel"}')
    assert verify.main(["--legacy=captured", "--modern=" + PORT, "--show_mapping",
                        f"--names={names}"]) == 2
    assert capsys.readouterr().out == "variables\n"
    assert isinstance(asked[0].names, names_file.Names)


@pytest.mark.parametrize("flag", ["--show_mapping", "--names=no_such.py"])
def test_the_flags_need_a_pair(asked, monkeypatch, flag):
    monkeypatch.setattr(many, "verify", None)  # the project's own cases
    with pytest.raises(command_line.UsageError, match="expected --legacy and --modern beside it"):
        verify.main([flag])
    assert not asked
