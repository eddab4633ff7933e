"""Two folders of traces, compared: one dense layer trained by gradient descent for two steps."""

import os
import subprocess
import sys

import numpy as np
import pytest

from parity import command_line
from parity import compare
from parity.pair import exchanges
from parity.trace import file

STEPS = [0, 1]
DTYPES = ("float32", "float64")
REFERENCE = {
    "forward": False, "inputs": [], "sources": {"d/w": ["train.py:3"]}, "variables": [
        {"name": "d/w", "role": "kernel", "kind": "dense", "layer": "d", "shape": [3, 2],
         "dtype": "float32", "trainable": True, "forget_bias": None}],
    "bends": [], "phases": 1,
    "updates": [{"variable": "d/w", "kind": "gradient descent", "scope": "o", "slots": {},
                 "constants": {}}]}
PORT = {
    "inputs": [], "variables": [
        {"path": "dense/kernel", "leaf": "kernel", "shape": [3, 2], "trainable": True,
         "layer": "Dense", "network": "model", "dtype": "float32"}],
    "optimizers": [{"trained": ["dense/kernel"], "stock": "SGD", "roles": [], "own": []}]}


def arrays(dtype):
    """`{side: {name: array}}` of a port that does what its reference does."""
    random, reference, port = np.random.RandomState(0), {}, {}
    for step in STEPS:
        before, gradient = (random.standard_normal((3, 2)).astype(dtype) for _ in range(2))
        outputs, loss = random.standard_normal((4, 2)).astype(dtype), np.asarray(2.5, dtype)
        reference.update({
            f"before/{step}/d/w": before, f"after/{step}/d/w": before - gradient,
            f"gradient/{step}/0/d/w": gradient, f"rate/{step}/0/d/w": np.asarray(1, dtype),
            f"loss/{step}/0/loss:0": loss, f"output/{step}/0/d": outputs})
        port.update({
            f"after/{step}/dense/kernel": before - gradient, f"loss/{step}/loss": loss,
            f"clipped/{step}/0/dense/kernel": gradient, f"output/{step}/dense": outputs})
    return {"reference": reference, "port": port}


@pytest.fixture(name="kept")
def fixture_kept(tmp_path):
    """Function (change, precisions, alone, **header) that keeps traces in a folder: its path.

    `change` is a function of `{side: {name: array}}`, `alone` what the reference says, `header`
    what the port says otherwise.
    """
    def keep(change=lambda sides: None, dtypes=DTYPES, alone=False, **header):
        folder = str(tmp_path / f"pair{len(os.listdir(tmp_path))}")
        os.mkdir(folder)
        for dtype in dtypes:
            sides = arrays(dtype)
            change(sides)
            for side, description in (("reference", REFERENCE), ("port", PORT)):
                said = {"side": side, "pair": "port.py:build", "dtype": dtype, "steps": STEPS,
                        "description": description}
                file.write(os.path.join(folder, file.name(side, dtype)),
                           dict(said, **(header if side == "port" else {"alone": alone})),
                           sides[side])
        return folder
    return keep


def _double(name):
    def change(sides):
        sides["port"][name] = 2 * sides["port"][name]
    return change


def _without(name):
    return lambda sides: sides["port"].pop(name)


def test_a_port_that_does_the_same_is_identical_on_every_rung_of_the_traces(kept, capsys):
    assert compare.main([kept(), "--require=identical"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "port.py:build: identical"
    for rung in ("1 structure", "3 forward", "4 losses", "5 gradients", "6 first update",
                 "8 training"):
        assert [line for line in lines if rung in line and line.count("identical") == 2], rung
    assert "2 initialisers     not run" in "\n".join(lines)


@pytest.mark.parametrize("name,rung,tensor", [
    ("output/0/dense", None, None),  # losses and gradients agree: where a layer ends is its affair
    ("loss/0/loss", 4, "loss:0 of phase 1"), ("clipped/0/0/dense/kernel", 5, "dense/kernel"),
    ("after/0/dense/kernel", 6, "dense/kernel"), ("after/1/dense/kernel", 8, "dense/kernel")])
def test_a_difference_is_told_at_its_rung(kept, name, rung, tensor):
    folder = kept(_double(name))
    found = compare.compare(folder, folder)
    first = found.first_difference
    assert (first and (first.rung, first.tensor, first.verdict)) == (
        rung and (rung, tensor, "different"))
    assert compare.main([folder]) == (1 if rung else 0)


def test_the_port_of_another_run_is_compared_with_the_reference(kept):
    good, bad = kept(), kept(_double("after/0/dense/kernel"))
    assert compare.main([good, bad]) == 1
    assert compare.main([bad, good]) == 0


def test_constants_need_float64_to_be_told_from_faults(kept, capsys):
    def change(sides):
        name = "after/0/dense/kernel"
        move = sides["port"][name] - sides["reference"]["before/0/d/w"]
        sides["port"][name] = sides["port"][name] + np.float32(1e-7) * move
        sides["reference"]["stored_after/0/d/w"] = sides["port"][name]
    assert compare.main([kept(change)]) == 0
    assert compare.main([kept(change), "--require=identical"]) == 1
    assert "constants" in capsys.readouterr().out
    assert compare.main([kept(dtypes=["float32"], alone=True)]) == 0
    assert "float64 was not run" in capsys.readouterr().out


def test_exchanges_that_were_settled_when_the_traces_were_taken_hold(kept):
    folder = kept(exchanged=[["d/w", "dense/kernel"]])
    found = compare.compare(folder, folder)
    noted = {finding.note for finding in found.findings if finding.rung == 1}
    assert noted == {f"d/w ({exchanges.REASON})"} and found.verdict == "identical"
    plain = {finding.note for finding in compare.compare(kept(), kept()).findings
             if finding.rung == 1}
    assert len(plain) == 1 and plain != noted


@pytest.mark.parametrize("left,missing", [("float32", "float64"), ("float64", "float32")])
def test_one_precision_of_two_is_refused_and_not_judged(kept, left, missing):
    with pytest.raises(file.DamagedTrace, match=f"-{missing}.npz: expected a trace"):
        compare.main([kept(dtypes=[left])])


def test_a_gradient_that_the_port_lacks_is_a_difference(kept):
    def listed(sides):
        sides["port"]["updated/0/0"] = np.array(["dense/kernel"])
        _without("clipped/0/0/dense/kernel")(sides)
    folder = kept(listed)
    first = compare.compare(folder, folder).first_difference
    assert (first.rung, first.note) == (5, "the port gives no gradient")


def test_an_update_that_the_port_lacks_is_another_structure(kept):
    folder = kept(_without("clipped/0/0/dense/kernel"))
    first = compare.compare(folder, folder).first_difference
    assert (first.rung, first.note) == (1, "updated never in a step, in the reference once")
    assert compare.main([folder]) == 2


def test_what_differs_from_itself_is_inconclusive_as_it_was_when_it_was_recorded(kept):
    folder = kept(_double("after/0/dense/kernel"), unrepeatable=[[6, "dense/kernel"]])
    result = compare.compare(folder, folder)
    assert compare.main([folder]) == 3
    assert "the port gives something else" in result.first_difference.note


def test_a_loss_that_the_port_does_not_return_is_said(kept, capsys):
    folder = kept(lambda sides: [sides["port"].pop(f"loss/{step}/loss") for step in STEPS])
    assert compare.main([folder]) == 0
    assert "loss:0 of phase 1: the port's step returns no loss" in capsys.readouterr().out


def test_a_reference_that_rests_or_is_not_finite_proves_nothing(kept, capsys):
    def rests(sides):
        for step in STEPS:
            sides["reference"][f"after/{step}/d/w"] = sides["reference"][f"before/{step}/d/w"]
            sides["port"][f"after/{step}/dense/kernel"] = sides["reference"][f"before/{step}/d/w"]
    assert compare.main([kept(rests)]) == 3
    assert "does not move" in capsys.readouterr().out

    def broken(sides):
        sides["reference"]["losses/0/loss:0"] = np.array([1.0, 2.0, np.nan])
    assert compare.main([kept(broken)]) == 3
    assert "from step 2 on" in capsys.readouterr().out


def test_a_variable_that_the_port_lacks_is_refused(kept):
    folder = kept(_without("after/1/dense/kernel"))
    with pytest.raises(file.DamagedTrace, match="after/1/dense/kernel"):
        compare.main([folder])


def test_without_gradients_nothing_is_proved(kept, capsys):
    def change(sides):
        for trace in sides.values():
            for name in [name for name in trace if name.startswith(("gradient", "clipped"))]:
                del trace[name]
    assert compare.main([kept(change)]) == 3
    assert "inconclusive" in capsys.readouterr().out


def test_other_variables_are_another_structure(kept):
    apart = dict(PORT, variables=[dict(PORT["variables"][0], shape=[3, 3])])
    assert compare.main([kept(description=apart)]) == 2


def test_traces_of_other_steps_are_refused(kept):
    with pytest.raises(command_line.UsageError,
                       match=r"expected steps \[0, 1\], .* received \[0\]"):
        compare.main([kept(steps=[0])])


def test_a_folder_without_traces_is_refused(tmp_path):
    with pytest.raises(file.DamagedTrace, match="reference-float32.npz: expected a trace"):
        compare.main([str(tmp_path)])


def _variable(**changed):
    return {"description": dict(PORT, variables=[dict(PORT["variables"][0], **changed)])}


@pytest.mark.parametrize("header,said", [
    ({"description": {}}, "expected variables as recorders write it, received None"),
    ({"description": dict(PORT, variables=3)}, "expected variables as .*, received 3"),
    ({"description": dict(PORT, variables=[3])}, r"expected variables\[0\].shape as"),
    ({"description": dict(PORT, inputs=None)}, "expected inputs as"),
    ({"description": dict(PORT, optimizers=[{}])}, r"expected optimizers\[0\].trained as"),
    ({"description": dict(PORT, optimizers=[dict(PORT["optimizers"][0], roles=[3])])},
     r"expected optimizers\[0\].roles as .*, received \[3\]"),
    ({"description": dict(PORT, optimizers=[dict(PORT["optimizers"][0], trained=["x"])])},
     r"expected optimizers\[0\] as .*, received x"),
    ({"description": dict(PORT, variables=2 * PORT["variables"])},
     "expected variables as .*, received two of one name"),
    (_variable(shape=[-1, 2]), r"expected variables\[0\].shape as"),
    (_variable(shape=[3, 2.0]), r"expected variables\[0\].shape as"),
    (_variable(shape=[True, 2]), r"expected variables\[0\].shape as"),
    (_variable(trainable="yes"), r"expected variables\[0\].trainable as .*, received yes"),
    (_variable(layer=None), r"expected variables\[0\].layer as .*, received None"),
    ({"exchanged": [["d/w"]]}, "expected what .* describes"),
    ({"exchanged": 3}, "expected what .* describes")])
def test_a_header_that_nobody_wrote_is_refused_in_one_line(kept, header, said):
    with pytest.raises(file.DamagedTrace, match=said) as caught:
        compare.main([kept(**header)])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("change", [
    lambda update: update.update(slots={"m": 3}), lambda update: update.update(variable="d/v"),
    lambda update: update.pop("scope")])
def test_a_reference_that_nobody_wrote_is_refused_too(kept, monkeypatch, change):
    update = dict(REFERENCE["updates"][0])
    change(update)
    monkeypatch.setitem(REFERENCE, "updates", [update])
    with pytest.raises(file.DamagedTrace, match=r"reference-float32.npz: expected updates\[0\]"):
        compare.main([kept()])


def test_other_pairs_in_one_precision_are_refused(kept):
    folder, other = kept(), kept(description=dict(
        PORT, optimizers=[dict(PORT["optimizers"][0], own=["w"])]))
    os.replace(os.path.join(other, "port-float64.npz"), os.path.join(folder, "port-float64.npz"))
    assert compare.main([folder]) == 0  # what the reference does not have is no pair
    swapped = kept(exchanged=[["d/w", "dense/other"]])
    os.replace(os.path.join(swapped, "port-float64.npz"), os.path.join(folder, "port-float64.npz"))
    with pytest.raises(file.DamagedTrace, match="other pairs in float64"):
        compare.main([folder])


def test_a_trace_under_another_name_is_refused(kept):
    folder = kept()
    os.replace(os.path.join(folder, "port-float32.npz"), os.path.join(folder, "port-float64.npz"))
    os.replace(os.path.join(kept(), "port-float32.npz"), os.path.join(folder, "port-float32.npz"))
    with pytest.raises(command_line.UsageError, match="port-float64.npz: expected a trace of "
                                                      "float64, received one of float32"):
        compare.main([folder])


def _rates(late):
    """What headers say of rates at far steps, the port's late ones `late`."""
    theirs = [{"what": "rate", "variables": ["d/w"], "values": [1.0] * 4 + [0.5] * 4,
               "rounding": [0.0] * 8, "reason": ""}]
    return theirs, {"0": {"values": [1.0] * 4 + [late] * 4, "reason": ""}}


@pytest.mark.parametrize("late,status", [(0.5, 0), (0.25, 1)])
def test_rates_at_far_steps_are_judged_where_traces_hold_them(kept, late, status):
    folder = kept()
    for side, rates in zip(file.SIDES, _rates(late)):
        path = os.path.join(folder, file.name(side, "float64"))
        trace = file.read(path)
        held = {name: trace[name] for name in trace}
        file.write(path, dict(trace.header, rates=rates), held)
    assert compare.main([folder]) == status
    first = compare.compare(folder, folder).first_difference
    assert (first and first.tensor) == (status and "rate of optimiser 1 at step 1000" or None)


def test_traces_without_rates_at_far_steps_say_so(kept, capsys):
    assert compare.main([kept()]) == 0
    assert "  rates: the traces hold none of far steps" in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("change,arguments,status,first", [
    (lambda sides: None, [], 0, "port.py:build: identical"),
    (lambda sides: None, ["--require=identical"], 0, "port.py:build: identical"),
    (_double("after/0/dense/kernel"), [], 1, "port.py:build: different"),
    (_without("after/0/dense/kernel"), [], 64, "")])
def test_the_command_from_its_start_to_its_end(kept, repository, change, arguments, status, first):
    folder = kept(change)
    ended = subprocess.run([sys.executable, "-m", "parity.compare", folder, *arguments],
                           cwd=repository, capture_output=True, text=True)
    assert ended.returncode == status
    assert ended.stdout.partition("\n")[0] == first
    assert ended.stderr.count("\n") == (1 if status == 64 else 0)
    assert ended.stderr.startswith("parity.compare: " if status == 64 else "")


def test_names_may_be_given_as_for_verify(kept, tmp_path):
    path = tmp_path / "names.json"
    path.write_text('{"d/w": "dense/kernel"}')
    assert compare.main([kept(), f"--names={path}"]) == 0
    path.write_text('{"d/w": "dense/nobody"}')
    with pytest.raises(command_line.UsageError, match="dense/nobody"):
        compare.main([kept(), f"--names={path}"])


def test_bounds_that_never_act_are_said_as_they_were_when_traces_were_taken(kept, capsys):
    assert compare.main([kept(unexercised=["clipnorm=5 of optimiser 1"])]) == 0
    assert ("  bounds of the port: not exercised in the compared steps: clipnorm=5 of optimiser 1"
            in capsys.readouterr().out.splitlines())
