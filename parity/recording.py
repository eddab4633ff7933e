"""Has both sides of every case recorded, each side by one process, the two at work side by side."""

import concurrent.futures
import os
from typing import NamedTuple

import numpy as np

from parity.cases import Case
from parity.common import trace
from parity.common.names import resolve
from parity.mapping import map_state, Mapping
from parity.workers import Recorder, THREADS

RESYNC_STEPS = (0, 1, 2, 5, 10, 20, 50, 100, 200)


class Pair(NamedTuple):
    """The two traces of one case in one precision."""

    case: Case
    dtype: str
    mapping: Mapping
    legacy: tuple  # (header, arrays)
    modern: tuple


class Plan(NamedTuple):
    """What is recorded."""

    cases: list[Case]
    dtypes: tuple[str, ...]
    steps: int
    seed: int
    stock_optimizers: bool

    @property
    def resync(self):
        """The steps from whose reference state the port takes one step."""
        return [k for k in RESYNC_STEPS if k < self.steps]


def write_batches(case, plan, path):
    """Writes the batches of all steps: `{batch key: [steps, ...]}`, float32."""
    hparams = resolve(case.hparams)(case.model, dict(case.values))
    batches = resolve(case.batches)(hparams)
    steps = [batches(plan.seed, step) for step in range(1, plan.steps + 1)]
    np.savez(path, **{key: np.stack([batch[key] for batch in steps]) for key in steps[0]})


def write_states(mapping, arrays, path):
    """Writes the reference's states under the port's names."""
    states = {}
    for key, value in trace.part(arrays, "state/").items():
        step, _, name = key.partition("/")
        if name in mapping.partners:
            states[f"state/{step}/{mapping.partners[name]}"] = value
    np.savez(path, **states)


def record_pairs(plan, folder, progress):
    """Yields a `Pair` for each case and precision, in order.

    Args:
      plan: the `Plan`.
      folder: where traces are written; the caller removes it.
      progress: function of one line of text.

    Raises:
      RecorderError: a side could not be recorded.
    """
    with (Recorder("parity.tf1.recorder") as tf1, Recorder("parity.keras3.recorder") as keras3,
          concurrent.futures.ThreadPoolExecutor(1) as legacy_side,
          concurrent.futures.ThreadPoolExecutor(1) as modern_side):
        jobs = [(case, dtype) for case in plan.cases for dtype in plan.dtypes]
        legacy = [legacy_side.submit(_record_legacy, tf1, case, dtype, plan, folder)
                  for case, dtype in jobs]
        pairs = [modern_side.submit(_record_modern, keras3, case, dtype, plan, folder, reference)
                 for (case, dtype), reference in zip(jobs, legacy)]
        for (case, dtype), pair in zip(jobs, pairs):
            progress(f"{case.name} {dtype}")
            yield pair.result()


def _job(case, dtype, plan, folder):
    return {
        "model": case.model, "values": case.values, "hparams_from": case.hparams, "dtype": dtype,
        "steps": plan.steps, "resync": plan.resync, "seed": plan.seed, "threads": THREADS,
        "batches": os.path.join(folder, case.name + ".npz"),
    }


def _record_legacy(recorder, case, dtype, plan, folder):
    job = _job(case, dtype, plan, folder)
    if not os.path.exists(job["batches"]):
        write_batches(case, plan, job["batches"])
    path = os.path.join(folder, f"{case.name}-{dtype}-legacy.npz")
    recorder("record", program=case.legacy, training=case.legacy_training, out=path, **job)
    return path


def _record_modern(recorder, case, dtype, plan, folder, reference):
    path = reference.result()
    legacy = trace.read(path)
    job = dict(_job(case, dtype, plan, folder), program=case.modern,
               training=case.modern_training,
               options={"stock_optimizers": True} if plan.stock_optimizers else {})
    mapping = map_state(legacy[0]["variables"], recorder("describe", **job))
    states = os.path.join(folder, f"{case.name}-{dtype}-states.npz")
    write_states(mapping, legacy[1], states)
    out = os.path.join(folder, f"{case.name}-{dtype}-modern.npz")
    recorder("record", states=states, out=out, **job)
    return Pair(case, dtype, mapping, legacy, trace.read(out))
