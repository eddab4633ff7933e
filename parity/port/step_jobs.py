"""Jobs of the recorder that take steps of a port from given states."""

import contextlib

import numpy as np

from parity.common import arrays
from parity.port import bounds
from parity.port import far_rates
from parity.port import free_run
from parity.port import inference
from parity.port import job_inputs
from parity.port import stepping


def _states(job):
    """(`arrays.Given` of a job, its `Port`)."""
    given = arrays.Given([job["states"], job["inputs"]])
    return given, job_inputs.port(job, job_inputs.batch_of(job, given, job["steps"][0]))


def steps(job):
    """Job "steps": takes one step from each given state."""
    given, port = _states(job)
    notes, traced, watched = {}, [], bounds.Bounds()
    with arrays.Writer(job["out"]) as out, contextlib.ExitStack() as stack:
        write = _unlike(stack.enter_context(np.load(job["unlike"], allow_pickle=False)), out
                        ) if job.get("unlike") else out
        for k in job["steps"]:
            notes[str(k)] = _step(job, given, port, k, write, traced, watched)
    return {"steps": notes, "traced": traced[0] if traced else None,
            "unexercised": watched.never()}


def _unlike(first, write):
    """Function (name, array) that writes arrays that are not bit for bit equal in `first`."""
    def written(name, array):
        value = np.asarray(array)
        if name not in first or first[name].tobytes() != value.tobytes():
            write(name, value)
    return written


def _step(job, given, port, k, write, traced, watched):
    batch, answers = job_inputs.batch_of(job, given, k), job_inputs.draws_of(job, given, k)
    port.load(given, k)
    compared = job.get("traced", True) and not traced and not job.get("draws", {}).get(str(k))

    def keep(kind, name, array):
        if kind != "gradient":  # "clipped" gradients are written instead
            write(f"{kind}/{k}/{name}", array)
    observation, losses = stepping.observe(port, batch, answers, keep,
                                           k in job.get("outputs", job["steps"]), watched)
    for number, update in enumerate(observation.updates):
        write(f"updated/{k}/{number}", np.array(update["variables"], np.str_))
    if compared and answers.repeatable():
        traced.append(stepping.traced_difference(
            port, batch, lambda: port.load(given, k), losses))
    return {"updates": observation.updates, "none_gradients": observation.none_gradients,
            "outputs": observation.outputs, "draws": answers.notes()}


def free(job):
    """Job "free": takes steps one after the other from the state given for the first."""
    _write(job, free_run.entries(*_begun(job)))
    return {}


def follow(job):
    """Job "follow": runs freely for as long as the port's arrays have the expected digests."""
    count, traced, found = free_run.follow(*_begun(job), job["digests"])
    _write(job, found)
    return {"steps": count, "traced": traced}


def _begun(job):
    """(`Port` in the state given for the first step, iterator of (batch, draws), True if any draw).
    """
    given, port = _states(job)
    port.load(given, job["steps"][0])
    taken = ((job_inputs.batch_of(job, given, step), job_inputs.draws_of(job, given, step))
             for step in job["steps"])
    return port, taken, any(job.get("draws", {}).values())


def _write(job, found):
    with arrays.Writer(job["out"]) as write:
        for name, value in found.items():
            write(name, value)


def rates(job):
    """Job "rates": learning rates after numbers of updates."""
    return far_rates.read(_begun(job)[0], job["iterations"], job["updates"])


def forward(job):
    """Job "forward": runs one forward pass without training from each given state."""
    (given, port), notes = _states(job), {}
    with arrays.Writer(job["out"]) as write:
        for k in job["steps"]:
            answers = job_inputs.draws_of(job, given, k)
            port.load(given, k)
            inference.observe(port, job_inputs.batch_of(job, given, k), answers,
                              lambda name, array, k=k: write(f"output/{k}/{name}", array))
            notes[str(k)] = {"draws": answers.notes()}
    return {"steps": notes, "traced": None}


def hold(job):
    """Job "hold": sets the port to each given state, and writes its variables."""
    given, port = _states(job)
    with arrays.Writer(job["out"]) as write:
        for k in job["steps"]:
            port.load(given, k)
            for kind, name, value in port.held():
                write(f"{kind}/{k}/{name}", value)
    return {}
