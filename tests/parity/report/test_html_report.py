"""The report as a page: what it says, that it stands alone, that nothing in it is executed."""

import base64
import html.parser
import re

import pytest

from parity.judge import findings
from parity.judge.findings import Finding
from parity.judge.furthest import Entry
from parity.report import html_report
from tests.parity.report.results import (
    ALL, DIFFERENT, EQUAL, HOSTILE, HOSTILE_NAMES, NUMBERS, headers, result)

pytestmark = pytest.mark.usefixtures("drawn_once")

VOID = {"meta", "br", "input", "img"}
REQUEST = html_report.Request("python -m parity.verify '--modern=<port>.py:build'", "2026-11-27")


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

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open)
        self.open.pop()

    def handle_data(self, data):
        self.words.append(data)


def rows_behind(text, heading):
    """[[cell]] of the first table behind a heading, and its head."""
    table = re.search("<table>.*?</table>", text[text.index(heading):], re.S).group(0)
    return [re.findall("<t[hd]>(.*?)</t[hd]>", row) for row in
            re.findall("<tr.*?</tr>", table, re.S)]


def words(text):
    """What a reader sees, without breaks."""
    return " ".join(" ".join(Page(re.sub("<(style|script)>.*?</\\1>", "", text, flags=re.S)).words
                             ).split())


# The page as a whole.

@pytest.mark.parametrize("name", sorted(ALL))
def test_html_is_well_formed(name):
    for page in (Page(html_report.text([ALL[name]], REQUEST)),
                 Page(html_report.text([EQUAL, ALL[name]]))):
        assert page.tags.count("html") == page.tags.count("body") == 1
    Page(html_report.text([]))


@pytest.mark.parametrize("name", sorted(ALL))
def test_html_stands_alone(name):
    text = html_report.text([ALL[name], EQUAL], REQUEST)
    page = Page(text)
    assert not {"link", "iframe", "object", "base"} & set(page.tags)
    assert not re.search(r"https?:|@import|url\(", text)
    links = [value for key, value in page.attributes if key in ("src", "href")]
    assert all(value.startswith(("#case-", "data:image/svg+xml;base64,")) for value in links)
    assert not [key for key, _ in page.attributes if key.startswith("on")]


def test_html_escapes_every_name():
    text = html_report.text([HOSTILE_NAMES, HOSTILE_NAMES], REQUEST._replace(command=HOSTILE))
    page = Page(text)
    assert page.tags.count("script") == 1 and "alert" not in text.partition("<script>")[2]
    shown = "".join(page.words)
    assert shown.count(HOSTILE) >= 2 * 10  # case, tensor, cause, note, source, program, loss, ...
    alternatives = {value for key, value in page.attributes if key == "alt"}
    assert f"{HOSTILE * 2} on both sides" in alternatives
    for data in re.findall("base64,([^\"]*)", text):
        assert b"<script" not in base64.b64decode(data)


def test_html_repeats_what_was_asked_and_says_the_verdict_in_a_sentence():
    text = html_report.text([DIFFERENT], REQUEST)
    assert words(text).startswith(
        "Parity Is the port the same model? The port is another model: it departs first at rung 3 "
        "(forward), in joint:g/hidden1. Asked on 2026-11-27 python -m parity.verify "
        "'--modern=<port>.py:build' Legend: = identical")
    assert "Asked on" not in html_report.text([DIFFERENT])


def test_html_tells_verdicts_apart_without_colour():
    text = html_report.text([EQUAL])
    legend = dict(rows_behind(text, "Legend"))
    assert len({re.sub("<.*?>", "", verdict).split()[0] for verdict in legend}) == len(legend) == 6
    assert legend['<span class="rounding">\u2248 rounding</span>'] == (
        "another order of the same arithmetic")
    assert ".rounding { font-style: italic }" in text


# The first difference.

def test_html_says_the_cause_and_the_line_to_write_before_anything_else():
    said = words(html_report.text([DIFFERENT]))
    assert ("Where it departs first cause the slope of the leaky ReLU write LeakyReLU(0.2) proof "
            "equal rung 3 forward, float32 tensor joint:g/hidden1 in the port hidden1 relative "
            "difference 0.125 inherited from there rungs 6, 8 TensorFlow 1: old.py:12") in said
    assert said.index("Where it departs first") < said.index("Rungs")
    assert "departs first" not in html_report.text([EQUAL])


def test_html_of_several_causes_says_that_each_is_enough():
    cause = DIFFERENT.causes[0]
    two = DIFFERENT._replace(causes=[cause, cause._replace(sentence="another", write="")])
    text = html_report.text([two])
    assert "Each of these explains it alone:" in text
    assert text.count("<dt>cause</dt>") == 2 and text.count("<dt>write</dt>") == 1
    assert "Each of these" not in html_report.text([DIFFERENT])


def test_html_says_what_was_measured_where_no_cause_is_known():
    text = html_report.text([DIFFERENT._replace(causes=[], measured=("a ratio of <1.5>",))])
    assert "<li>a ratio of &lt;1.5&gt;</li>" in text and "<dt>cause" not in text


def test_html_shows_both_programs_around_their_lines(tmp_path, monkeypatch):
    (tmp_path / "new.py").write_text("import keras\nlayer = '<b>'\nprint(layer)\n")
    monkeypatch.chdir(tmp_path)
    found = DIFFERENT._replace(sources={"legacy": "old.py:12", "modern": "new.py:2"},
                               lines={"legacy": "tf.nn.relu(x) < 1"})
    text = html_report.text([found])
    assert "TensorFlow 1: <code>old.py:12</code></figcaption><pre><mark>  12 tf.nn.relu(x) &lt; 1" \
        "</mark></pre>" in text
    assert ("port: <code>new.py:2</code></figcaption><pre>   1 import keras\n<mark>   2 layer = "
            "&#x27;&lt;b&gt;&#x27;</mark>\n   3 print(layer)</pre>") in text


def test_html_shows_numbers_of_both_sides_next_to_each_other():
    text = html_report.text([DIFFERENT])
    assert "<p>7 of 12 entries are not the same; those furthest apart:</p>" in text
    rows = [[re.sub("<.*?>", "", cell) for cell in row]
            for row in rows_behind(text, "entries are not the same")]
    assert rows == [["entry", "TensorFlow 1", "port", "port / TensorFlow 1"],
                    ["[0, 2]", "-0.25", "-0.375", "1.5"], ["[1, 0]", "0", "no number", ""]]
    moved = result(Finding(6, "float32", "w", "different", 0.5, numbers=NUMBERS._replace(
        moved=True)))
    assert ("those furthest apart, by how far each moved in the step:</p>"
            in html_report.text([moved]))
    one = result(Finding(4, "float32", "loss", "different", 0.5, numbers=NUMBERS._replace(
        entries=(Entry((), 1.0, 2.0),), apart=1, size=1)))
    text = html_report.text([one])
    assert "entries are not the same" not in text
    assert ("<td><code>the number</code></td><td>1</td><td>2</td><td>2</td>") in text


# Rungs, findings, what ran.

def test_html_has_a_table_of_rungs():
    rows = rows_behind(html_report.text([DIFFERENT]), "<h3>Rungs")
    not_run = '<span class="not">\u2013 not run</span>'
    assert rows[:3] == [
        ["rung", "float32", "float64", "tensors"],
        ["1 structure", '<span class="identical">= identical</span>', not_run, "1"],
        ["2 initialisers", not_run, not_run, "0"]]
    assert rows[3][1] == ('<span class="different">\u2260 different</span> '
                          '<i>1.2e-01</i>')


def test_html_lists_what_is_not_identical_by_layer_and_unfolds_that_of_the_first_difference():
    text = html_report.text([DIFFERENT])
    groups = re.findall('<details class="layer"( open)?><summary><code>(.*?)</code>.*?, (\\d+) '
                        "finding", text)
    assert groups == [(" open", "hidden1", "1"), ("", "joint:g/hidden2", "1"), ("", "g", "2"),
                      ("", "not compared", "1")]
    rows = rows_behind(text, "<code>g</code>")
    assert rows[0] == ["rung", "tensor", "float32", "float64", "step", "note"]
    assert [row[0] for row in rows[1:]] == ["6", "8"] and rows[2][2] == "" and rows[2][4] == "5"
    assert "<p>Identical in both precisions: 1; the others:</p>" in text
    assert "Findings by layer" not in html_report.text([result(EQUAL.findings[0])])


def test_html_of_a_right_port_among_others_has_names_by_rung():
    text = html_report.text([EQUAL, EQUAL])
    assert text.count('<ul><li>3 forward, <span class="rounding">\u2248 rounding</span>: '
                      "joint:g/hidden1</li></ul>") == 2
    assert "Findings by layer" not in text and "<form>" not in text


def test_html_says_openly_what_was_not_run_and_why():
    text = html_report.text([DIFFERENT])
    before = text[:text.index("<h3>Findings by layer")]
    assert "<h3>What was not compared</h3><ul><li>g/kernel@m: nobody holds it</li></ul>" in before
    assert before.count("<details") == before.count("</details>")  # it is in none that is folded
    several = html_report.text([EQUAL, DIFFERENT._replace(case="two"), EQUAL])
    assert "g/kernel@m: nobody holds it <small>(two)</small>" in several
    places = [several.index(each) for each in (
        '<section id="case-2">', "<h3>What was not compared", '<section id="case-1">',
        '<section id="case-3">')]
    assert places == sorted(places)  # what is wrong comes first
    assert several[places[1]:].startswith("<h3>What was not compared</h3><ul><li>g/kernel@m")
    assert "<small>" not in html_report.text([DIFFERENT, DIFFERENT])


def test_html_says_what_ran_once_for_both_precisions():
    text = html_report.text([EQUAL])
    assert ("<li>legacy: <code>models.gan:program</code>, python 3.11.9, tensorflow 2.21.0, 1 "
            "thread, float32 and float64</li>") in text
    other = headers()
    other["float32"] = {"modern": dict(other["float32"]["modern"], threads=2, cpu="x86")}
    text = html_report.text([EQUAL._replace(headers=other)])
    assert "tensorflow 2.21.0, 2 threads, x86, float32</li>" in text
    assert "legacy: <code>models.gan:program</code>, python 3.11.9, tensorflow 2.21.0, 1 thread, " \
        "float64</li>" in text


# Free runs.

def test_html_of_a_pair_without_free_runs_has_no_curves():
    assert "Free runs" not in html_report.text([EQUAL._replace(curves={})])
    assert "Free runs" in html_report.text([EQUAL])


def test_html_draws_where_a_picture_shows_something_and_says_it_where_not():
    text = html_report.text([DIFFERENT])
    assert text.count("<img") == 2
    assert "float64: equal up to step 0" not in text and "no finite number" not in text
    assert "<code>joint/generator</code>; the curves coincide up to step 0</figcaption>" in text
    within = EQUAL._replace(curves={"drift": {"float64": [0.0, 1e-15, 2e-15]}, "losses": {
        "g": ([0.7, 0.5], [0.7, 0.5]), "d": ([0.7, 0.5], [0.7, 0.5 + 1e-6])}})
    text = html_report.text([within])
    assert "<img" not in text
    assert ("No drift beyond rounding: the free runs are 2.0e-15 of the way moved apart at most, "
            "in 2 steps.") in text
    assert "<code>g</code>: 0.7 to 0.5, equal on both sides" in text
    assert "<code>d</code>: 0.7 to 0.5, the curves coincide, 1.0e-06 apart at most" in text
    assert "the free runs are equal at each of 2 steps" in html_report.text([EQUAL])


def test_html_says_what_a_picture_cannot_show():
    drift = {"float64": [0.0, 0.0, 1e-3, float("inf")], "float64 floor": [0.0, 1e-9, 1e-9, 1e-9]}
    text = html_report.text([DIFFERENT._replace(curves={"drift": drift})])
    assert "; float64: equal up to step 1, no finite number at step 3; floor: the" in text


# Many cases.

def test_html_of_several_begins_with_a_line_for_each_and_folds_what_is_right():
    text = html_report.text([EQUAL._replace(case="one"), DIFFERENT._replace(case="two")])
    assert rows_behind(text, "</details>") == [
        ["case", "verdict", "first difference"],
        ['<a href="#case-1">one</a>', '<span class="rounding">\u2248 rounding</span>', ""],
        ['<a href="#case-2">two</a>', '<span class="different">\u2260 different</span>',
         "the slope of the leaky ReLU"]]
    assert re.findall('<section id="case-(.)"><details class="case"( open)?>', text) == [
        ("2", " open"), ("1", "")]


def test_html_of_22_right_ports_is_small():
    names = [f"generator/hidden{number}/kernel" for number in range(20)]
    found = [Finding(rung, dtype, name,
                     "rounding" if rung in (5, 6) else "identical", 1e-7 if rung in (5, 6) else 0.0)
             for rung in range(1, 10) for dtype in ("float32", "float64") for name in names]
    losses = {f"losses/{name}": ([0.5] * 200, [0.5] * 200) for name in "gd"}
    case = findings.Result("gan", found, [], {}, {"drift": {"float32": [0.0] * 201},
                                                  "losses": losses}, headers())
    text = html_report.text([case._replace(case=f"gan-{number}") for number in range(22)])
    assert len(text.encode()) < 200_000
    assert text.count('<details class="case">') == 22 and "<details class=\"case\" open" not in text


@pytest.mark.parametrize("count, said", [
    (1, "(c0)"), (3, "(c0, c1, c2)"), (4, "(c0, c1, c2 and 1 more)")])
def test_three_of_the_cases_that_a_reason_is_about_are_named(count, said):
    about = [DIFFERENT._replace(case=f"c{number}") for number in range(count)]
    assert f"g/kernel@m: nobody holds it <small>{said}</small>" in html_report.text(
        [*about, EQUAL])
