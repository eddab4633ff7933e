"""parity.verify run to its end on hand-made results: statuses, what is printed, every file."""

import html
import json
import os
import re
import shlex
import signal
import subprocess
import sys

import pytest

from parity import command_line
from parity import verify
from parity.judge import findings
from parity.judge.findings import Finding
from parity.pair import many
from parity.pair import table
from parity.pair import verification

PORT = os.path.join("examples", "gan", "port.py") + ":build"
PAIR = ["--legacy=captured", "--modern=" + PORT]
STATUSES = {"identical": 0, "rounding": 0, "constants": 0, "different": 1, "inconclusive": 3,
            "structure": 2, "not run": 1}
HEADERS = {dtype: {"legacy": {"program": "train.py"}, "modern": {"program": PORT}}
           for dtype in ("float32", "float64")}
LOSSES = {"loss:0 of phase 1": ([0.75, 0.5], [0.25, 0.125])}


def result(verdict, case="pair", **changes):
    """The `Result` of a pair whose update has this verdict, or whose structures differ."""
    rung, said = (1, "different") if verdict == "structure" else (6, verdict)
    found = [Finding(rung, dtype, "w", said, 0.5, "a note of two") for dtype in HEADERS]
    return findings.Result(case, found, [], {}, {}, HEADERS)._replace(**changes)


@pytest.fixture(autouse=True)
def in_repository(repository, monkeypatch):
    monkeypatch.chdir(repository)


@pytest.fixture(name="asked")
def fixture_asked():
    """What was asked for, one entry for each pair or list of cases."""
    return []


@pytest.fixture(name="run")
def fixture_run(monkeypatch, capsys, asked):
    """Function (`Result`s, arguments) to (status, output, lines of standard error)."""
    def call(results, *arguments):
        def one(pair, folder, progress):
            asked.append(pair)
            assert os.path.isdir(folder) and not os.listdir(folder)
            progress("recording")
            return results[0]

        def several(cases, folder, progress, python, traces):
            asked.append((cases, python, traces))
            assert os.path.isdir(folder) and not os.listdir(folder)
            progress("recording")
            return iter(results)

        monkeypatch.setattr(verification, "verify", one)
        monkeypatch.setattr(many, "verify", several)
        monkeypatch.setattr(sys, "argv", ["verify.py", *arguments])
        status = command_line.run("parity.verify", verify.main)
        written = capsys.readouterr()
        return status, written.out, written.err.splitlines()
    return call


# The patch.

def test_the_edit_is_printed_as_a_patch(run, tmp_path):
    (tmp_path / "port.py").write_text("net = Dropout(0.6)\n")
    cause = findings.Cause("dropout's rate", "", "keras.layers.Dropout(0.4)", "")
    wrong = result("different", sources={"modern": f"{tmp_path / 'port.py'}:1"}, causes=[cause])
    status, out, _ = run([wrong], *PAIR, "--fix")
    assert status == 1 and out.endswith("-net = Dropout(0.6)\n+net = Dropout(0.4)\n")
    assert "+net" not in run([wrong], *PAIR)[1]


@pytest.mark.parametrize("verdict,changes,why", [
    ("identical", {}, "nothing is different"), ("different", {}, "no cause is known"),
    ("different", {"causes": [findings.Cause("a", "", "b=1", "")]}, "no line of the port is known"),
    ("different", {"causes": [findings.Cause("a", "", "b=1", "")],
                   "sources": {"modern": "gone.py:3"}}, "gone.py: ")])
def test_why_there_is_no_patch_is_said(run, verdict, changes, why):
    last = run([result(verdict, **changes)], *PAIR, "--fix")[1].splitlines()[-1]
    assert last.startswith("no patch: " + why)


# Exit statuses.

@pytest.mark.parametrize("verdict", sorted(STATUSES))
@pytest.mark.parametrize("arguments", [PAIR, ["--case=vae-corrected"]], ids=["pair", "case"])
def test_the_status_is_that_of_the_verdict(run, verdict, arguments):
    status, out, err = run([result(verdict)], *arguments)
    assert (status, err) == (STATUSES[verdict], ["[   0 s] recording"])
    shown = "different" if verdict == "structure" else verdict
    assert out.splitlines()[0] == f"pair: {shown}"


@pytest.mark.parametrize("verdict", sorted(STATUSES))
@pytest.mark.parametrize("arguments", [PAIR, ["--case=vae-corrected"]], ids=["pair", "case"])
def test_identical_may_be_required(run, verdict, arguments):
    expected = 1 if verdict in ("rounding", "constants") else STATUSES[verdict]
    assert run([result(verdict)], "--require=identical", *arguments)[0] == expected


@pytest.mark.parametrize("verdicts,status", [
    (["identical", "different"], 1), (["different", "identical"], 1),
    (["identical", "structure"], 2), (["inconclusive", "rounding"], 3),
    (["inconclusive", "different"], 1), (["identical", "constants"], 0)])
def test_of_several_cases_the_worst_counts_and_each_is_shown(run, verdicts, status):
    results = [result(verdict, f"case {number}") for number, verdict in enumerate(verdicts)]
    ended, out, _ = run(results, "--case=all")
    assert ended == status
    titles = [line for line in out.splitlines() if line.startswith("case ")]
    assert [title.split(":")[0] for title in titles] == ["case 0", "case 1"]


@pytest.mark.parametrize("error,status,said", [
    (KeyboardInterrupt(), 130, "interrupted"),
    (command_line.Terminated(signal.SIGTERM), 143, "terminated")])
@pytest.mark.parametrize("arguments,module", [(PAIR, verification), (["--case=all"], many)],
                         ids=["pair", "case"])
def test_what_is_stopped_says_so_and_is_no_verdict(run, monkeypatch, capsys, arguments, module,
                                                   error, status, said):
    del run

    def stopped(*unused):
        raise error
    monkeypatch.setattr(module, "verify", stopped)
    monkeypatch.setattr(sys, "argv", ["verify.py", *arguments])
    assert command_line.run("parity.verify", verify.main) == status
    written = capsys.readouterr()
    assert (written.out, written.err) == ("", f"parity.verify: {said}\n")


def test_a_signal_to_terminate_ends_the_command(monkeypatch, capsys):
    before = signal.getsignal(signal.SIGTERM)

    def main(arguments):
        os.kill(os.getpid(), signal.SIGTERM)
    try:
        assert command_line.run("parity.verify", main) == 143
    finally:
        signal.signal(signal.SIGTERM, before)
    assert capsys.readouterr().err == "parity.verify: terminated\n"


# What is printed and written.

def test_a_pair_is_shown_with_its_remarks(run):
    out = run([result("different")], *PAIR)[1]
    assert out.splitlines()[:2] == [
        "pair: different", "  first: rung 6 (first update), w, in float32, by 5.0e-01"]
    assert out.splitlines()[-1] == "  w: a note of two"


def test_a_case_is_shown_with_its_remarks(run):
    left = Finding(7, "float32", "slot", "not run", note="no number of it is known")
    shown = result("different")
    out = run([shown._replace(findings=shown.findings + [left])], "--case=vae-corrected")[1]
    assert out.endswith("  w: a note of two\n  slot: no number of it is known\n\n")


@pytest.mark.parametrize("arguments", [PAIR, ["--case=all"]], ids=["pair", "case"])
def test_json_and_page_hold_each_result(run, tmp_path, arguments):
    paths = [tmp_path / name for name in ("report.json", "report.html")]
    pairs = [result("different", curves={"drift": {"float32": [0.0, 1.0]}, "losses": LOSSES})]
    pairs += [result("rounding", "other")] if arguments != PAIR else []
    status, _, _ = run(pairs, f"--json={paths[0]}", f"--report={paths[1]}", *arguments)
    assert status == 1
    cases = json.loads(paths[0].read_text())["cases"]
    assert [(case["case"], case["verdict"]) for case in cases] == [
        (pair.case, pair.verdict) for pair in pairs]
    assert cases[0]["curves"]["losses"] == {"loss:0 of phase 1": [[0.75, 0.5], [0.25, 0.125]]}
    page = paths[1].read_text()
    assert [word for pair in pairs for word in [f"<h2>{pair.case}: "] if word not in page] == []
    assert "Is the port the same model?" in page and page.endswith("</html>\n")
    asked = shlex.join(["python", "-m", "parity.verify", f"--json={paths[0]}",
                        f"--report={paths[1]}", *arguments])
    assert f'<pre class="asked">{html.escape(asked)}</pre>' in page
    assert re.search(r"<h3>Asked on \d{4}-\d\d-\d\d \d\d:\d\d</h3>", page)
    assert sorted(os.listdir(tmp_path)) == ["report.html", "report.json"]


@pytest.mark.parametrize("flag", ["json", "report"])
def test_one_report_may_be_asked_for_alone(run, tmp_path, flag):
    path = tmp_path / "report"
    assert run([result("identical")], f"--{flag}={path}", *PAIR)[0] == 0
    assert os.listdir(tmp_path) == ["report"]
    assert path.read_text().startswith("{" if flag == "json" else "<!DOCTYPE html>")


def test_without_a_report_nothing_is_written(run, tmp_path, monkeypatch, repository):
    monkeypatch.chdir(tmp_path)
    port = os.path.join(repository, PORT)
    assert run([result("identical")], "--legacy=captured", "--modern=" + port)[0] == 0
    assert not os.listdir(tmp_path)


def test_pages_are_drawn_by_what_is_imported_then(repository):
    ended = subprocess.run(
        [sys.executable, "-c", "import sys, parity.verify; sys.exit('matplotlib' in sys.modules)"],
        cwd=repository)
    assert ended.returncode == 0


# What is asked for.

def test_a_pair_is_asked_for_as_the_flags_say(run, asked, tmp_path):
    (tmp_path / "names.json").write_text('{"a": "b"}')
    (tmp_path / "feed.py").write_text("def batch(step):\n    return {}\n")
    traces = tmp_path / "made" / "traces"
    run([result("identical")], "--steps=7", "--float32_only", f"--traces={traces}",
        f"--legacy_python={sys.executable}", f"--names={tmp_path / 'names.json'}",
        f"--batches={tmp_path / 'feed.py'}:batch", *PAIR)
    pair, = asked
    assert (pair.program, pair.port, pair.steps, pair.float32_only) == ("captured", PORT, 7, True)
    assert (pair.traces, pair.python) == (str(traces), sys.executable)
    assert pair.batches == f"{tmp_path / 'feed.py'}:batch" and pair.names is not None
    assert traces.is_dir()


def test_a_pair_is_asked_for_without_flags_as_it_was_captured(run, asked):
    run([result("identical")], *PAIR)
    pair, = asked
    assert (pair.steps, pair.float32_only, pair.traces, pair.python, pair.batches, pair.names) == (
        None, False, "", "", "", None)


def test_cases_are_asked_for_as_the_flags_say(run, asked, tmp_path):
    run([result("identical")], "--case=vae-corrected", f"--traces={tmp_path / 'kept'}",
        f"--legacy_python={sys.executable}")
    (cases, python, traces), = asked
    assert [case.name for case in cases] == ["vae-corrected"]
    assert (python, traces) == (sys.executable, str(tmp_path / "kept"))
    run([result("identical")])
    assert (len(asked[1][0]), asked[1][1:]) == (len(verify.CASES), ("", ""))
    assert [(case.steps, case.seconds) for case in asked[1][0]] == [
        (case.steps, case.seconds) for case in verify.CASES.values()]
    run([result("identical")], "--steps=2")
    assert {case.steps for case in asked[2][0]} == {2}
    assert sum(case.seconds for case in asked[2][0]) < sum(case.seconds for case in asked[1][0])


@pytest.mark.parametrize("status", [0, 2])
def test_the_mapping_is_shown_instead_of_a_verification(run, asked, monkeypatch, status):
    def show(pair, folder, progress):
        asked.append(pair)
        return "variables\n  w  kernel\n", status
    monkeypatch.setattr(table, "show", show)
    assert run([], "--show_mapping", *PAIR) == (status, "variables\n  w  kernel\n", [])
    assert len(asked) == 1 and asked[0].program == "captured"


# What cannot be asked for together.

@pytest.mark.parametrize("arguments,said", [
    (["--legacy=captured"], "--legacy=captured: expected --modern beside it, received none"),
    (["--modern=" + PORT], f"--modern={PORT}: expected --legacy beside it, received none"),
    ([*PAIR, "--case=all"], "--legacy and --modern: expected none of --case, --model and"),
    ([*PAIR, "--model=vae"], "--legacy and --modern: expected none of --case, --model and"),
    ([*PAIR, "--stock_optimizers"], "--legacy and --modern: expected none of --case, --model and"),
    (["--names=n.py"], "--names: expected --legacy and --modern beside it, received neither"),
    (["--show_mapping"], "--show_mapping: expected --legacy and --modern beside it"),
    (["--batches=b.npz"], "--batches: expected --legacy and --modern beside it"),
    (["--float32_only"], "--float32_only: expected --legacy and --modern beside it")])
def test_what_does_not_go_together_is_one_line_and_64(run, asked, arguments, said):
    status, out, err = run([result("identical")], *arguments)
    assert (status, out, len(err), asked) == (64, "", 1, [])
    assert err[0].startswith("parity.verify: " + said)


@pytest.mark.parametrize("flag", ["report", "json"])
@pytest.mark.parametrize("arguments", [PAIR, []], ids=["pair", "cases"])
def test_a_report_that_cannot_be_written_is_told_before_anything_runs(
        run, asked, tmp_path, flag, arguments):
    status, out, err = run([result("identical")], f"--{flag}={tmp_path / 'no' / 'report'}",
                           *arguments)
    assert (status, out, len(err), asked) == (64, "", 1, [])


def test_traces_go_into_no_file(run, asked, tmp_path):
    (tmp_path / "file").write_text("")
    status, _, err = run([result("identical")], f"--traces={tmp_path / 'file'}", *PAIR)
    assert (status, len(err), asked) == (64, 1, [])
    assert f"--traces={tmp_path / 'file'}: expected a folder that can be written" in err[0]
