"""Hand-made results of pairs that the reports are tested with."""

import math

from parity.judge import findings
from parity.judge.findings import Finding
from parity.judge.furthest import Entry, Numbers

LONG = "/".join(["a_network_of_a_user_with_a_name_that_does_not_end"] * 4) + "/kernel"
HOSTILE = "<script>alert('1')</script>&\"x\"</details>$\\frac{$"
NUMBERS = Numbers((Entry((0, 2), -0.25, -0.375), Entry((1, 0), 0.0, None)), 7, 12, False)


def headers(program="models.gan:program"):
    """What ran, the same on both sides and in both precisions."""
    header = {"program": program, "versions": {"tensorflow": "2.21.0"}, "threads": 1,
              "interpreter": "python 3.11.9", "steps": 2, "hparams": {"rate": 0.1}}
    return {dtype: {"legacy": header, "modern": header} for dtype in ("float32", "float64")}


def result(*found, **changes):
    """A `Result` of these findings."""
    whole = findings.Result(
        case="gan-corrected", findings=list(found), causes=[], sources={},
        curves={"drift": {"float32": [0.0, 0.0, 0.0]}, "losses": {}}, headers=headers())
    return whole._replace(**changes)


EQUAL = result(Finding(1, "float32", "g/kernel", "identical"),
               Finding(3, "float64", "joint:g/hidden1", "rounding", 2.5e-15))
DIFFERENT = result(
    Finding(1, "float32", "g/kernel", "identical"),
    Finding(3, "float32", "joint:g/hidden1", "different", 0.125, "hidden1", numbers=NUMBERS),
    Finding(3, "float64", "joint:g/hidden1", "different", 0.12, "hidden1"),
    Finding(3, "float64", "joint:g/hidden2", "different", math.inf),
    Finding(6, "float32", "g/kernel", "different", 0.5),
    Finding(7, "float32", "g/kernel@m", "not run", note="nobody holds it"),
    Finding(8, "float64", "g/kernel", "different", math.nan, step=5),
    causes=[findings.Cause("slope", "the slope of the leaky ReLU", "LeakyReLU(0.2)", "equal")],
    sources={"legacy": "old.py:12", "modern": "", "other": "new.py:7"},
    curves={"drift": {"float64": [0.0, 1e-7, 1e-3], "float64 floor": [math.inf, 1e-8, 1e-7]},
            "losses": {"joint/generator": ([0.7, 0.6], [0.7, 0.65])}})
LONG_NAMES = result(
    Finding(3, "float32", LONG, "different", 0.125), case=LONG,
    causes=[findings.Cause("long", f"{LONG} differs", "", "")],
    sources={"legacy": f"/users/{LONG}.py:12", "modern": f"{LONG}.py:9"})
DIVERGED = result(
    Finding(8, "float32", "g/kernel", "different", math.inf),
    curves={"drift": {"float32": [0.0, 1e-3, math.inf], "float32 floor": [0.0, 1e-8, 1e-8]},
            "losses": {"joint/generator": ([0.7, math.nan], [0.7, -math.inf])}})
HOSTILE_NAMES = result(
    Finding(3, "float32", HOSTILE, "different", 0.125, HOSTILE, numbers=NUMBERS),
    Finding(7, "float32", HOSTILE, "not run", note=HOSTILE), case=HOSTILE,
    causes=[findings.Cause(HOSTILE, HOSTILE, HOSTILE, HOSTILE)],
    sources={"legacy": HOSTILE + ".py:1", "modern": ""}, headers=headers(HOSTILE),
    lines={"legacy": HOSTILE}, curves={
        "drift": {HOSTILE: [0.0, 1e-3], HOSTILE + "floor": [0.0, 1e-9]},
        "losses": {HOSTILE: ([1.0, 2.0], [1.0, 2.0]), HOSTILE * 2: ([1.0, 2.0], [2.0, 3.0])}})
ALL = {"equal": EQUAL, "different": DIFFERENT, "long": LONG_NAMES, "diverged": DIVERGED,
       "hostile": HOSTILE_NAMES, "nothing": result()}
