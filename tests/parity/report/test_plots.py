"""Curves of both sides: what is drawn, where they are apart, and that nothing else is said."""

import math
import re
import xml.etree.ElementTree

import pytest

from parity.report import plots

SVG = "{http://www.w3.org/2000/svg}"


def drawn(text):
    """(words of a picture, [points of each curve]): markers are no curves."""
    root = xml.etree.ElementTree.fromstring(text)
    words = ["".join(each.itertext()) for each in root.iter(SVG + "text")]
    paths = [each for each in root.iter(SVG + "path") if "clip-path" in each.attrib]
    return words, [re.findall(r"[ML] (\S+) (\S+)", each.get("d")) for each in paths]


def test_losses_of_both_sides_are_one_curve_each_in_another_style():
    words, curves = drawn(plots.losses([4.0, 3.0, 2.0, 1.0], [4.0, 3.0, 1.0, 2.0]))
    assert {"TensorFlow 1", "port", "loss", "step"} <= set(words)
    assert [len(points) for points in curves] == [4, 4]
    assert curves[0][:2] == curves[1][:2] and curves[0][2:] != curves[1][2:]
    heights = [float(y) for _, y in curves[0]]
    assert heights == sorted(heights)  # downwards, as losses fall
    assert heights[1] - heights[0] == pytest.approx(heights[3] - heights[2], abs=0.1)
    assert "stroke-dasharray" in plots.losses([1.0, 2.0], [2.0, 1.0])


def test_curves_that_coincide_are_told_apart_by_width_dashes_and_markers():
    text = plots.losses([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    styles = [each.get("style") for each in xml.etree.ElementTree.fromstring(text).iter(
        SVG + "path") if "clip-path" in each.attrib]
    assert "stroke-width: 5" in styles[0] and "dasharray" not in styles[0]
    assert "stroke-dasharray" in styles[1] and "stroke-width: 1.4" in styles[1]
    assert text.count("<use") > 3  # the port's markers, beside those of the axes


def test_drift_stands_on_a_logarithm_without_zeros_and_what_is_infinite():
    words, curves = drawn(plots.drift({"float64": [0.0, 1e-6, 1e-4, 1e-2],
                                       "float64 floor": [math.inf, 1e-12, 1e-12, math.nan]}))
    assert {"float64", "float64 floor", "distance"} <= set(words)
    assert [len(points) for points in curves] == [3, 2]
    heights = [float(y) for _, y in curves[0]]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.1)


@pytest.mark.parametrize("reference, port, step", [
    ([1.0, 2.0], [1.0, 2.0], None), ([1.0, 2.0, 3.0], [1.0, 2.0, 3.1], 2),
    ([0.0, 1.0], [0.004, 1.0], None), ([0.0, 1.0], [0.006, 1.0], 0),
    ([5.0, 5.0], [5.0, 5.0001], 1), ([0.0, 0.0], [0.0, 0.0], None),
    ([1.0, math.nan], [1.0, math.nan], None), ([1.0, math.nan], [1.0, 2.0], 1),
    ([1.0, math.inf], [1.0, math.inf], None), ([1.0, 2.0], [1.0, -math.inf], 1), ([], [], None)])
def test_curves_are_apart_where_a_picture_would_show_it(reference, port, step):
    assert plots.first_apart(reference, port) == step


def test_a_picture_is_always_the_same_small_and_alone():
    series = [math.sin(step) for step in range(200)]
    text = plots.losses(series, series[::-1])
    assert text == plots.losses(series, series[::-1])
    assert len(text) < 25_000
    assert not re.search(r"<(script|image|a)\b|@import|href=\"(?!#)", text)


def test_names_are_no_formulas():
    words, _ = drawn(plots.drift({"$\\frac{$<b>": [1.0, 2.0]}))
    assert "$\\frac{$<b>" in words


@pytest.mark.parametrize("curves", [{"float64": [math.nan, math.inf]}, {"float64": [0.0]}])
def test_what_has_no_point_is_a_picture_all_the_same(curves):
    assert plots.drift(curves).startswith("<svg")
