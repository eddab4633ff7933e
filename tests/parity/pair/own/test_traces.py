"""Traces that are kept say of a later port what its own verification says.

And what is altered is refused in one line, or judged in full: some hundred alterations, the same
ones each time.
"""

import json
import os
import random
import shutil

import numpy as np
import pytest

from parity import command_line

from parity import compare
from parity.cases import CASES
from parity.pair import many
from parity.report import terminal
from tests.parity import altered

_CASE = CASES["dense_gan-corrected"]
_FLAGS = {"optimizer": "adam", "batch_size": 4}


@pytest.fixture(name="kept", scope="module")
def fixture_kept(tmp_path_factory):
    """(folder of the traces, `{case: Result}`) of a port, and of the same on stock Keras."""
    folder = tmp_path_factory.mktemp("kept")
    ours = _CASE._replace(
        name="ours", steps=2, arguments=dict(_CASE.arguments, **_FLAGS),
        legacy=(*_CASE.legacy, *(f"--{flag}={value}" for flag, value in _FLAGS.items())))
    stock = ours._replace(name="stock", arguments=dict(ours.arguments, stock_optimizers=True))
    results = many.verify([ours, stock], str(folder), lambda line: None, traces=str(folder))
    return str(folder), {result.case: result for result in results}


@pytest.mark.parametrize("name,verdict", [("ours", "identical"), ("stock", "constants")])
def test_a_pair_is_judged_as_it_was_verified(kept, name, verdict):
    folder, results = kept
    found = compare.compare(*[os.path.join(folder, name)] * 2)
    assert found.verdict == results[name].verdict == verdict
    for rung in (1, 4, 5, 6, 8):
        for dtype in ("float32", "float64"):
            assert found.rung(rung, dtype) == results[name].rung(rung, dtype) != "not run"


def test_the_reference_of_an_identical_pair_knows_what_rounded_constants_change(kept):
    folder, _ = kept
    found = compare.compare(os.path.join(folder, "ours"), os.path.join(folder, "stock"))
    assert found.verdict == "constants", found.first_difference


# Alterations.

def _compared(result):
    """What was compared, but for layers and losses, which count where gradients differ."""
    return {(finding.rung, finding.dtype, finding.tensor, finding.step)
            for finding in result.findings
            if finding.verdict != "not run" and finding.rung not in (3, 4)}


@pytest.fixture(name="ending")
def fixture_ending(kept, tmp_path, monkeypatch, capsys):
    """Function (file, what writes it at a path) to how parity.compare ends with it: what is wrong.

    Right is one line and 64, a verdict that is no success, or all that was compared before.
    """
    whole = os.path.join(kept[0], "ours")
    before, seen, shown = _compared(compare.compare(whole, whole)), [], terminal.text
    assert len(before) > 50
    monkeypatch.setattr(terminal, "text", lambda result: seen.append(result) or shown(result))

    def end(name, write, forged=False):
        folder = str(tmp_path / "altered")
        shutil.rmtree(folder, ignore_errors=True)
        altered.link(whole, folder, name)
        write(os.path.join(folder, name))
        monkeypatch.setattr("sys.argv", ["compare.py", folder])
        status = command_line.run("parity.compare", compare.main)
        written = capsys.readouterr()
        if status == 64:
            return "" if (written.out, written.err.count("\n")) == ("", 1) else written.err
        if status == 0 and not forged:
            lost = before - _compared(seen[-1])
            return f"identical without {sorted(lost)[:3]}" if lost else ""
        return "" if status in (0, 1, 2, 3) else str(status)
    return end


def _wrong(ending, name, alterations, **more):
    """`{what was altered: how it ended}` of what ended otherwise than it should."""
    ended = {}
    for words, alter in alterations:
        try:
            said = ending(name, alter, **more)
        except Exception as error:  # a traceback
            said = repr(error)
        if said:
            ended[words] = said
    return ended


@pytest.fixture(name="traces")
def fixture_traces(kept):
    """`{file: Trace}`."""
    folder = os.path.join(kept[0], "ours")
    return {name: altered.Trace(os.path.join(folder, name)) for name in sorted(os.listdir(folder))}


def _altered(trace, change):
    """Function of a path that writes a trace with a change."""
    def write(path):
        other = trace.copy()
        change(other)
        other.write(path)
    return write


NAMES = ("port-float32.npz", "port-float64.npz", "reference-float32.npz", "reference-float64.npz")


def _files(*quick):
    """`pytest.param`s of the files of traces, slow but for some."""
    return [pytest.param(name, marks=() if name in quick else pytest.mark.slow) for name in NAMES]


def test_these_are_its_files(traces):
    assert NAMES == (*traces,)


@pytest.mark.parametrize("name", _files("port-float64.npz", "reference-float32.npz"))
def test_damaged_and_hostile_files(kept, traces, ending, name):
    with open(os.path.join(kept[0], "ours", name), "rb") as file:
        content = file.read()
    header = np.frombuffer(json.dumps(traces[name].header).encode(), np.uint8)

    def written(data):
        def write(path):
            with open(path, "wb") as out:
                out.write(data)
        return write
    assert not _wrong(ending, name, (
        (words, written(data))
        for words, data in altered.damages(content, header, traces[name].arrays)))


@pytest.mark.parametrize("name", _files("reference-float32.npz"))
def test_headers_of_other_kinds(traces, ending, name):
    trace, chosen = traces[name], random.Random([*traces].index(name))
    places = [place for place in altered.places(trace.header) if place[0] != "arrays"]
    for forged, of in ((False, altered.of_other_kind), (True, altered.of_the_same_kind)):
        assert not _wrong(ending, name, [
            (f"{place} {value!r}", _altered(trace, lambda other, place=place, value=value: (
                altered.changed(other.header, place, value))))
            for place in chosen.sample(places, 8)
            for value in [chosen.choice(of(altered.at(trace.header, place)))]],
            forged=forged)


@pytest.mark.parametrize("name", _files("port-float64.npz"))
def test_arrays_of_other_kinds(traces, ending, name):
    def change(kind, each):
        def put(other):
            with np.errstate(all="ignore"):
                other.arrays[each] = altered.ARRAYS[kind](other.arrays[each])
        return put
    trace, chosen = traces[name], random.Random([*traces].index(name))
    assert not _wrong(ending, name, [
        (f"{each} {kind}", _altered(trace, change(kind, each)))
        for kind in altered.ARRAYS for each in chosen.sample(sorted(trace.arrays), 1)])


@pytest.mark.parametrize("name", _files("reference-float32.npz"))
def test_arrays_that_are_missing_or_called_otherwise(traces, ending, name):
    def rename(each, called):
        return lambda other: other.arrays.update({called: other.arrays.pop(each)})
    trace, chosen = traces[name], random.Random([*traces].index(name))
    assert not _wrong(ending, name, [
        (f"{each} {words}", _altered(trace, rename(each, called(each))))
        for words, called in altered.NAMES.items()
        for each in chosen.sample(sorted(trace.arrays), 1)] + [
        (f"{each} missing", _altered(trace, lambda other, each=each: other.arrays.pop(each)))
        for each in chosen.sample(sorted(trace.arrays), 4)])
