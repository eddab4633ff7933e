"""The three reports: what they say, how wide they are, and that they stand alone."""

import html.parser
import io
import json
import math
import re

import pytest

from parity.judge import findings
from parity.judge.findings import Finding
from parity.report import html_report
from parity.report import json_report
from parity.report import plots
from parity.report import terminal

LONG = "/".join(["a_network_of_a_user_with_a_name_that_does_not_end"] * 4) + "/kernel"
HOSTILE = "<script>alert('1')</script>&\"x\""
VOID = {"meta", "br"}


def headers(program="models.gan:program"):
    header = {"program": program, "versions": {"tensorflow": "2.21.0"}, "threads": 1,
              "interpreter": "python 3.11.9", "cpu": "x86_64", "steps": 2,
              "hparams": {"rate": 0.1}, "sources": {}}
    return {dtype: {"legacy": header, "modern": header} for dtype in ("float32", "float64")}


def result(*found, **changes):
    whole = findings.Result(
        case="gan-corrected", findings=list(found), causes=[], sources={},
        curves={"drift": {"float32": [0.0, 0.0, 0.0]}, "losses": {}}, headers=headers())
    return whole._replace(**changes)


EQUAL = result(Finding(1, "float32", "g/kernel", "identical"),
               Finding(3, "float64", "joint:g/hidden1", "rounding", 2.5e-15))
DIFFERENT = result(
    Finding(1, "float32", "g/kernel", "identical"),
    Finding(3, "float32", "joint:g/hidden1", "different", 0.125, "slope"),
    Finding(3, "float64", "joint:g/hidden1", "different", 0.12),
    Finding(3, "float64", "joint:g/hidden2", "different", math.inf),
    Finding(6, "float32", "g/kernel", "different", 0.5),
    Finding(7, "float32", "g/kernel@m", "not run"),
    Finding(8, "float64", "g/kernel", "different", math.nan, step=5),
    causes=[findings.Cause("slope", "the slope of the leaky ReLU", "LeakyReLU(0.2)", "equal")],
    sources={"legacy": "old.py:12", "modern": "", "other": "new.py:7"},
    curves={"drift": {"float32": [0.0, 1e-7, 1e-3], "float32 floor": [0.0, 1e-8, 1e-7]},
            "losses": {"joint/generator": ([0.7, 0.6], [0.7, 0.65])}})
LONG_NAMES = result(
    Finding(3, "float32", LONG, "different", 0.125), case=LONG,
    causes=[findings.Cause("long", f"{LONG} differs", "", "")],
    sources={"legacy": f"/users/{LONG}.py:12", "modern": f"{LONG}.py:9"})
DIVERGED = result(
    Finding(8, "float32", "g/kernel", "different", math.inf),
    curves={"drift": {"float32": [0.0, 1e-3, 2e-3]},
            "losses": {"joint/generator": ([0.7, math.nan], [0.7, -math.inf])}})
HOSTILE_NAMES = result(
    Finding(3, "float32", HOSTILE, "different", 0.125, HOSTILE), case=HOSTILE,
    causes=[findings.Cause(HOSTILE, HOSTILE, HOSTILE, HOSTILE)],
    sources={"legacy": HOSTILE + ".py:1", "modern": ""}, headers=headers(HOSTILE),
    curves={"drift": {"float32": [0.0, 1e-3]}, "losses": {HOSTILE: ([1.0, 2.0], [1.0, 2.0])}})
ALL = {"equal": EQUAL, "different": DIFFERENT, "long": LONG_NAMES, "diverged": DIVERGED,
       "hostile": HOSTILE_NAMES, "nothing": result()}


# The terminal.

def plain(text):
    return re.sub("\033\\[[0-9]*m", "", text)


@pytest.mark.parametrize("name", sorted(ALL))
@pytest.mark.parametrize("colour", [True, False])
def test_text_is_at_most_80_columns_wide(name, colour):
    text = plain(terminal.text(ALL[name], colour))
    assert max(map(len, text.splitlines())) <= 80


def test_text_of_long_names_keeps_every_letter():
    joined = "".join(terminal.text(LONG_NAMES, False).split())
    assert joined.startswith(LONG + ":different")
    assert f"first:rung3(forward),{LONG},infloat32,by1.2e-01" in joined
    assert f"legacy:/users/{LONG}.py:12" in joined


def test_text_says_first_where_the_port_departs_and_why():
    lines = terminal.text(DIFFERENT, False).splitlines()
    assert lines[:8] == [
        "gan-corrected: different",
        "  first: rung 3 (forward), joint:g/hidden1, in float32, by 1.2e-01",
        "  cause: the slope of the leaky ReLU",
        "  write: LeakyReLU(0.2)",
        "  proof: equal",
        "  legacy: old.py:12",
        "  other: new.py:7",
        "  inherited from there: rungs 6, 8"]


def test_text_has_a_row_for_each_rung_with_its_worst_finding():
    lines = terminal.text(DIFFERENT, False).splitlines()
    assert lines[8].split() == ["rung", "float32", "float64"]
    rows = [line.split() for line in lines[9:]]
    assert [row[0] for row in rows] == list("123456789")
    assert rows[2] == ["3", "forward", "different", "1.2e-01", "different", "inf", "2", "tensors"]
    assert rows[3] == ["4", "losses", "not", "run", "not", "run", "0", "tensors"]
    columns = [line.index("tensors") for line in lines[9:]]
    assert len(set(columns)) == 1


def test_text_of_an_equal_pair_is_its_verdict_and_the_table():
    lines = terminal.text(EQUAL, False).splitlines()
    assert lines[0] == "gan-corrected: rounding"
    assert lines[1].split() == ["rung", "float32", "float64"]
    assert len(lines) == 11


def test_text_is_coloured_on_a_terminal_only(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr("sys.stdout", io.StringIO())
    assert "\033" not in terminal.text(DIFFERENT)
    monkeypatch.setattr("sys.stdout", Terminal())
    assert "\033[31mdifferent\033[0m" in terminal.text(DIFFERENT).splitlines()[0]
    assert plain(terminal.text(DIFFERENT)) == terminal.text(DIFFERENT, False)


# JSON.

def _refuse(name):
    raise AssertionError(f"{name} is no JSON")


def parsed(results):
    return json.loads(json_report.text(results), parse_constant=_refuse)


def test_json_is_strict_whatever_the_numbers_are():
    assert [case["case"] for case in parsed(list(ALL.values()))["cases"]] == [
        pair.case for pair in ALL.values()]


def test_json_writes_null_for_what_is_no_number():
    document = parsed([DIFFERENT, DIVERGED])
    relatives = [finding["relative"] for finding in document["cases"][0]["findings"]]
    assert relatives == [0.0, 0.125, 0.12, None, 0.5, 0.0, None]
    assert document["cases"][1]["curves"]["losses"] == {
        "joint/generator": [[0.7, None], [0.7, None]]}
    assert document["cases"][1]["first_difference"]["relative"] is None


def test_json_holds_the_verdicts():
    case = parsed([DIFFERENT])["cases"][0]
    assert case["verdict"] == "different"
    assert case["first_difference"] == {
        "rung": 3, "dtype": "float32", "tensor": "joint:g/hidden1", "verdict": "different",
        "relative": 0.125, "note": "slope", "step": 0}
    assert case["causes"][0]["sentence"] == "the slope of the leaky ReLU"
    assert case["rungs"]["forward"] == {"float32": "different", "float64": "different"}
    assert case["rungs"]["structure"] == {"float32": "identical", "float64": "not run"}
    assert set(case["rungs"]) == set(findings.RUNGS.values())
    assert case["ran"]["float64"]["legacy"] == {
        "program": "models.gan:program", "versions": {"tensorflow": "2.21.0"}, "threads": 1,
        "interpreter": "python 3.11.9", "cpu": "x86_64", "steps": 2, "hparams": {"rate": 0.1}}
    assert parsed([EQUAL])["cases"][0]["first_difference"] is None


def test_json_of_one_result_is_always_the_same_text():
    assert json_report.text([DIFFERENT]) == json_report.text([DIFFERENT._replace(
        headers=dict(reversed(list(DIFFERENT.headers.items()))))])
    assert json_report.text([EQUAL]).endswith("}\n")
    assert json_report.text([EQUAL]).startswith('{\n "cases": [\n  {\n   "case": ')
    assert parsed([EQUAL])["format"] == 1


# HTML.

class Page(html.parser.HTMLParser):
    """Whether every element is closed in order, and what the page holds."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.attributes, self.words = [], [], [], []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open)
        self.open.pop()

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize("name", sorted(ALL))
def test_html_is_well_formed(name):
    page = Page(html_report.text([ALL[name]]))
    assert page.tags.count("html") == page.tags.count("body") == 1


def test_html_of_no_results_is_well_formed():
    Page(html_report.text([]))


@pytest.mark.parametrize("name", sorted(ALL))
def test_html_stands_alone(name):
    text = html_report.text([ALL[name]])
    page = Page(text)
    assert not {"script", "link", "iframe", "object", "base"} & set(page.tags)
    assert not re.search(r"https?:|//\w|@import|url\(", text.replace(HOSTILE, ""))
    links = [value for key, value in page.attributes if key in ("src", "href")]
    assert all(value.startswith("#") for value in links)
    assert not [key for key, _ in page.attributes if key.startswith("on")]


def test_html_escapes_every_name():
    text = html_report.text([HOSTILE_NAMES])
    assert "<script>" not in text
    page = Page(text)
    shown = "".join(page.words)
    assert shown.count(HOSTILE) >= 8  # case, tensor, cause, note, source, program, loss
    assert ("href", "#" + HOSTILE) in page.attributes
    assert ("id", HOSTILE) in page.attributes


def test_html_shows_what_the_first_difference_is():
    shown = "\n".join(Page(html_report.text([DIFFERENT])).words)
    for words in ("Where it departs first", "3 forward, float32", "joint:g/hidden1", "0.125",
                  "the slope of the leaky ReLU", "old.py:12", "6 findings that are not identical"):
        assert words in shown
    assert "Where it departs first" not in html_report.text([EQUAL])


def test_html_says_what_is_noted_where_no_cause_is_known():
    shown = html_report.text([DIFFERENT._replace(causes=[])])
    assert "<td>cause</td>" not in shown
    first = DIFFERENT.first_difference
    noted = DIFFERENT._replace(causes=[], findings=[first._replace(note="another start")])
    assert "another start" in "\n".join(Page(html_report.text([noted])).words)


def test_html_has_a_colour_for_each_verdict_and_a_table_of_rungs():
    text = html_report.text([DIFFERENT])
    assert '<h2 id="gan-corrected">gan-corrected: <span class="different">different</span>' in text
    rungs = re.search("<table><tr><th></th><th>rung</th>.*?</table>", text, re.S).group(0)
    assert [re.findall("<t[hd]>(.*?)</t[hd]>", row) for row in rungs.split("<tr>")[1:5]] == [
        ["", "rung", "float32", "float64"],
        ["1", "structure", '<span class="identical">identical</span>',
         '<span class="not">not run</span>'],
        ["2", "initialisers", *['<span class="not">not run</span>'] * 2],
        ["3", "forward", *['<span class="different">different</span>'] * 2]]


def test_html_lists_what_is_not_identical_under_its_head():
    details = re.search("<details>.*</details>", html_report.text([DIFFERENT]), re.S).group(0)
    rows = [re.findall("<t[hd]>(.*?)</t[hd]>", row) for row in details.split("<tr>")[1:]]
    assert rows[0] == ["rung", "precision", "tensor", "verdict", "difference", "from step", "note"]
    assert rows[1] == ["3", "float32", "<code>joint:g/hidden1</code>",
                       '<span class="different">different</span>',
                       '<span class="number">1.25e-01</span>', "0", "slope"]
    assert rows[6][5] == "5" and len(rows) == 7
    assert "<details>" not in html_report.text([result(EQUAL.findings[0])])


def test_html_says_what_ran():
    text = html_report.text([EQUAL])
    ran = re.search("<h3>What ran</h3>\n(<table>.*?</table>)", text, re.S).group(1)
    rows = [re.findall("<t[hd]>(.*?)</t[hd]>", row) for row in ran.split("<tr>")[1:]]
    assert rows[0] == ["precision", "side", "program", "ran on", "in parity mode"]
    assert rows[1] == ["float32", "legacy", "<code>models.gan:program</code>",
                       "python 3.11.9, tensorflow 2.21.0", "1 thread, x86_64"]
    assert [row[:2] for row in rows[1:]] == [[dtype, side] for dtype in ("float32", "float64")
                                             for side in ("legacy", "modern")]


def test_html_of_a_pair_without_free_runs_has_no_curves():
    assert "Free runs" not in html_report.text([EQUAL._replace(curves={})])
    assert "Free runs" in html_report.text([EQUAL])


def test_html_draws_drift_and_its_floor_on_a_logarithmic_axis():
    text = html_report.text([DIFFERENT])
    figure = re.search("<h3>Free runs</h3>.*?<figure>(<svg.*?</svg>)", text, re.S).group(1)
    assert re.findall("<text[^>]*>([^<]*)</text>", figure) == [
        "float32", "float32 floor", "1e-8", "1e-3", "step 0", "2"]
    assert re.findall('points="([^"]*)"', figure) == [  # the zero at step 0 stands nowhere
        "280.0,148.4 514.0,46.0", "280.0,174.0 514.0,148.4"]


def test_html_begins_with_a_line_for_each_case():
    text = html_report.text([EQUAL._replace(case="one"), DIFFERENT._replace(case="two")])
    overview = re.search("<table>.*?</table>", text, re.S).group(0)
    assert [re.findall("<t[hd]>(.*?)</t[hd]>", row) for row in overview.split("<tr>")[1:]] == [
        ["case", "verdict", "first difference"],
        ['<a href="#one">one</a>', '<span class="rounding">rounding</span>', ""],
        ['<a href="#two">two</a>', '<span class="different">different</span>',
         "the slope of the leaky ReLU"]]


def test_html_says_when_there_is_no_drift():
    assert "the free runs are equal at each of 2 steps" in html_report.text([EQUAL])
    assert "the free runs are equal" not in html_report.text([DIFFERENT])


def test_html_draws_losses_that_are_apart_and_says_of_others_where_they_begin_and_end():
    losses = {"losses/g:0 of phase 1": ([0.7, 0.6], [0.7, 0.65]),
              "losses/d:0 of phase 1": ([1.5, 1.25], [1.5, 1.25])}
    text = html_report.text([EQUAL._replace(curves=dict(EQUAL.curves, losses=losses))])
    assert "losses/d:0 of phase 1: 1.5 to 1.25, equal on both sides" in "".join(Page(text).words)
    assert text.count("<svg") == 1 and ">losses/g:0 of phase 1 legacy</text>" in text


# Plots.

def test_curve_runs_from_corner_to_corner():
    line = re.search('points="([^"]*)"', plots.curves({"a": [1.0, 2.0, 3.0]}, False)).group(1)
    assert line == "46.0,174.0 280.0,110.0 514.0,46.0"


def test_logarithmic_curve_leaves_out_zeros():
    line = re.search('points="([^"]*)"', plots.curves({"a": [0.0, 1e-4, 1e-2]}, True)).group(1)
    assert line == "280.0,174.0 514.0,46.0"
    assert plots.curves({"a": [0.0, 0.0]}, True) == ""


def test_curve_of_one_step_is_a_point():
    assert 'points="46.0,174.0"' in plots.curves({"a": [1.0]}, False)


def test_curves_share_both_axes_and_have_colours_and_names_of_their_own():
    text = plots.curves({"long": [4.0, 3.0, 2.0], "short": [0.0, 1.0]}, False)
    assert re.findall('points="([^"]*)"', text) == [
        "46.0,46.0 280.0,78.0 514.0,110.0", "46.0,174.0 280.0,142.0"]
    colours = re.findall('stroke="([^"]*)"', text)
    assert len(set(colours)) == 2
    assert re.findall('<text x="52" y="(\\d+)" fill="([^"]*)">([^<]*)<', text) == [
        ("16", colours[0], "long"), ("30", colours[1], "short")]
    assert re.findall("<text[^>]*>([^<]*)</text>", text)[2:] == ["0", "4", "step 0", "2"]


def test_what_is_no_number_is_left_out_of_a_curve():
    text = plots.curves({"a": [1.0, math.nan, 3.0, math.inf]}, False)
    assert re.findall('points="([^"]*)"', text) == ["46.0,174.0 358.0,46.0"]


def test_equal_numbers_lie_on_the_lower_edge():
    assert 'points="46.0,174.0 514.0,174.0"' in plots.curves({"a": [2.0, 2.0]}, False)
