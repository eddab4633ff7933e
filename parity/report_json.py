"""The report as JSON."""

import json
import math

from parity.findings import RUNGS


def _finding(finding):
    values = finding._asdict()
    values["relative"] = finding.relative if math.isfinite(finding.relative) else None
    return values


def document(results):
    """A JSON-able report of all results."""
    return {"format": 1, "cases": [{
        "case": result.case,
        "verdict": result.verdict,
        "first_difference": (_finding(result.first_difference)
                             if result.first_difference else None),
        "cause": result.cause,
        "sources": result.sources,
        "rungs": {name: {dtype: result.rung(number, dtype) for dtype in result.headers}
                  for number, name in RUNGS.items()},
        "findings": [_finding(finding) for finding in result.findings],
        "ran": {dtype: {side: {key: header[key] for key in (
            "program", "versions", "interpreter", "threads", "cpu", "steps", "hparams")
                               if key in header} for side, header in sides.items()}
                for dtype, sides in result.headers.items()},
        "curves": result.curves,
    } for result in results]}


def text(results):
    """The report as a JSON text without NaN."""
    return json.dumps(document(results), indent=1, sort_keys=True, allow_nan=False) + "\n"
