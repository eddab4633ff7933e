"""Inputs and digests of a captured program's steps, for a free run of the port."""

import numpy as np

from parity import capture
from parity.common import arrays
from parity.reference import captured as captures
from parity.reference import steps
from parity.reference.call_inputs import CallInputs


def taken(job):
    """Writes the inputs of the captured steps; nothing is run.

    Args:
      job: {"captured", "count", "out"}. The .npz file "out" gets before/0/<variable>, input/...,
        gathered/... and draw/... of each step, as in a trace of the reference, and
        losses/<phase>/<tensor> [steps] of the scalars that training calls fetched.

    Returns:
      {"draws": {step: [kind]}, "digests": [{variable: digest}] after each step}; {} where numbers
      are drawn in loops.
    """
    captured = captures.read(job["captured"])
    grouped = steps.grouped(captured)[:job["count"]]
    if any(call.hidden for calls in grouped for call in calls):
        return {}
    source, before, draws = CallInputs(captured), captured.calls[0].before(), {}
    with arrays.Writer(job["out"]) as write:
        for name, value in before.items():
            write("before/0/" + name, value)
        for number, calls in enumerate(grouped):
            draws[str(number)] = source.write(number, calls, write)
        for name, values in _fetched(grouped).items():
            write("losses/" + name, np.stack(values))
    return {"draws": draws, "digests": _digests(before, grouped)}


def _digests(before, grouped):
    """`[{variable: digest}]` of every variable after each step."""
    held, found = {name: capture.digest(value) for name, value in before.items()}, []
    for calls in grouped:
        for call in calls:
            held.update(call.digests())
        found.append(dict(held))
    return found


def _fetched(grouped):
    """`{"<phase>/<tensor>": [array of each step]}` of scalars that every step fetched."""
    found = {}
    for calls in grouped:
        trained = [call for call in calls if call.role == "train"]
        for phase, call in enumerate(trained):
            for name, value in call.fetched().items():
                if value.size == 1 and value.dtype.kind == "f":
                    found.setdefault("{}/{}".format(phase, name), []).append(value)
    return {name: values for name, values in found.items() if len(values) == len(grouped)}
