"""The report as JSON."""

import json
import math

from parity.common import rungs


def _strict(value):
    """`value` with None for every number that JSON cannot write: NaN and infinities."""
    if isinstance(value, dict):
        return {key: _strict(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strict(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _finding(finding):
    """A finding as a dict without its numbers, which only the first difference has."""
    return {key: value for key, value in finding._asdict().items() if key != "numbers"}


def _first(finding):
    """The first difference as a dict with its numbers, or None."""
    if finding is None:
        return None
    numbers = finding.numbers and dict(finding.numbers._asdict(), entries=[
        entry._asdict() for entry in finding.numbers.entries])
    return dict(_finding(finding), numbers=numbers)


def document(results):
    """The report on `parity.judge.findings.Result`s as a dict that JSON can write."""
    return _strict({"format": 1, "cases": [{
        "case": result.case,
        "verdict": result.verdict,
        "first_difference": _first(result.first_difference),
        "causes": [cause._asdict() for cause in result.causes],
        "measured": list(result.measured),
        "sources": result.sources,
        "rungs": {name: {dtype: result.rung(number, dtype) for dtype in result.headers}
                  for number, name in rungs.NAMES.items()},
        "findings": [_finding(finding) for finding in result.findings],
        "ran": {dtype: {side: {key: header[key] for key in (
            "program", "versions", "interpreter", "threads", "cpu", "steps", "hparams")
                               if key in header} for side, header in sides.items()}
                for dtype, sides in result.headers.items()},
        "curves": result.curves,
    } for result in results]})


def text(results):
    """The report on `parity.judge.findings.Result`s as a JSON text without NaN."""
    return json.dumps(document(results), indent=1, sort_keys=True, allow_nan=False) + "\n"
