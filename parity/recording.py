"""Has both sides of every case recorded, each side by one process, the two at work side by side."""

import collections
import concurrent.futures
import itertools
import os
import shutil
from typing import Callable, NamedTuple

import numpy as np

from parity.cases import Case
from parity.common import trace
from parity.common.names import resolve
from parity.mapping import map_state, Mapping
from parity.workers import OURS, Recorder, THREADS

RESYNC_STEPS = (0, 1, 2, 5, 10, 20, 50, 100, 200)
# Recordings begun before the first of them is judged: each keeps up to 1 GB on the disk.
_AHEAD = 3


class Plan(NamedTuple):
    """What is recorded."""

    cases: list[Case]
    dtypes: tuple[str, ...]
    steps: int | None  # None: each case's own number
    seed: int
    stock_optimizers: bool = False
    legacy_python: str = ""  # "": this interpreter

    def steps_of(self, case):
        """How many training steps of a case are compared."""
        return case.steps if self.steps is None else self.steps


class Pair(NamedTuple):
    """The two traces of one case in one precision, and what belongs to them."""

    case: Case
    dtype: str
    mapping: Mapping
    legacy: tuple  # (header, arrays)
    modern: tuple
    repeat: list  # [k, state name] of what the reference did otherwise when run again
    checkpoints: dict[str, str]  # {direction: what did not come through, or ""}
    # (values=, scale=, scale_inputs=) -> {(state name, k): relative change of the step}
    perturb: Callable = None
    perturbed_run: Callable = None  # () -> {variable: [steps + 1, entries]}


def write_batches(case, plan, path):
    """Writes the batches of all steps, `{batch key: [steps, ...]}`, and the sampling inputs."""
    hparams = resolve(case.hparams)(case.model, dict(case.values))
    batches = resolve(case.batches)(hparams)
    # One more than is trained: for the step from the last state.
    steps = [batches(plan.seed, step) for step in range(1, plan.steps_of(case) + 2)]
    arrays = {key: np.stack([batch[key] for batch in steps]) for key in steps[0]}
    np.savez(path, **arrays, **resolve(case.samples)(hparams, plan.seed))


class _Job:
    """The recording of one case in one precision."""

    def __init__(self, case, dtype, plan, folder, tf1, keras3):
        self._case, self._dtype, self._plan = case, dtype, plan
        self._tf1, self._keras3 = tf1, keras3
        self._folder = folder
        steps = plan.steps_of(case)
        # The steps from whose reference state the port takes one step.
        self._resync = [k for k in RESYNC_STEPS if k <= steps]
        common = {
            "model": case.model, "values": case.values, "hparams_from": case.hparams,
            "dtype": dtype, "steps": steps, "resync": self._resync, "seed": plan.seed,
            "threads": THREADS, "batches": os.path.join(folder, case.name + ".npz")}
        self._legacy = dict(common, program=case.legacy, training=case.legacy_training)
        self._modern = dict(
            common, program=case.modern, training=case.modern_training,
            options={"stock_optimizers": True} if plan.stock_optimizers else {})
        self._reference = self._path("legacy.npz")

    def _path(self, name):
        return os.path.join(self._folder, f"{self._case.name}-{self._dtype}-{name}")

    def record_legacy(self):
        """Records the reference and a checkpoint of it."""
        if not os.path.exists(self._legacy["batches"]):
            write_batches(self._case, self._plan, self._legacy["batches"])
        self._tf1("record", out=self._reference, **self._legacy)
        self._tf1("save", reference=self._reference, checkpoint=self._path("tf1.ckpt"),
                  step=self._resync[-1], **self._legacy)

    def repeat_legacy(self):
        """What the reference did otherwise when it was run again: `[k, state name]` of each."""
        return self._tf1("repeat", reference=self._reference, **self._legacy)

    def perturb(self, values=None, scale=None, scale_inputs=1.0):
        """`{(state name, k): relative change}` of the reference's steps, changed a little."""
        job = dict(self._legacy, values=values) if values else self._legacy
        changes = self._tf1("perturb", reference=self._reference, scale=scale or {},
                            scale_inputs=scale_inputs, **job)
        return {(name, k): change for k, name, change in changes}

    def perturbed_run(self):
        """`{variable: [steps + 1, entries]}` of the run with every input one ulp larger."""
        out = self._path("perturbed.npz")
        self._tf1("perturbed_run", out=out, scale_inputs=float(1 + np.finfo(self._dtype).eps),
                  **self._legacy)
        with np.load(out, allow_pickle=False) as file:
            return trace.part(file, "entries/")

    def record_modern(self, legacy_recorded):
        """Records the port from the reference's states; the `Pair`, but for the repetition.

        Args:
          legacy_recorded: the future of `record_legacy`; the port is built while it runs.
        """
        described = self._keras3("describe", **self._modern)
        legacy_recorded.result()
        legacy = trace.read(self._reference)
        mapping = map_state(legacy[0]["variables"], described["variables"])
        if mapping.misses_variables(legacy[0]["variables"], described["variables"]):
            return Pair(self._case, self._dtype, mapping, legacy, (described, {}), [], {})
        out = self._path("modern.npz")
        self._keras3("record", reference=self._reference, names=mapping.partners, out=out,
                     **self._modern)
        lost = self._keras3("restore", checkpoint=self._path("tf1.ckpt"),
                            **self._round_trip(mapping, legacy[0]), **self._modern)
        self._keras3("save", checkpoint=self._path("keras3.ckpt"),
                     **self._round_trip(mapping, legacy[0]), **self._modern)
        return Pair(self._case, self._dtype, mapping, legacy, trace.read(out), [],
                    {"TensorFlow 1 to Keras 3": _lost(lost)})

    def restore_legacy(self, pair):
        """Has the reference read the checkpoint that the port wrote."""
        if pair.checkpoints:
            lost = self._tf1("restore", checkpoint=self._path("keras3.ckpt"),
                             **self._round_trip(pair.mapping, pair.legacy[0]), **self._legacy)
            pair.checkpoints["Keras 3 to TensorFlow 1"] = _lost(lost)

    def _round_trip(self, mapping, header):
        return {"reference": self._reference, "step": self._resync[-1],
                "names": mapping.partners, "checkpoint_names": header["checkpoint_names"]}


def finish(pair, folder, traces):
    """Keeps a judged pair's two traces in the folder `traces`, if any, and removes its files."""
    starts = (f"{pair.case.name}-{pair.dtype}-", f"{pair.case.name}.npz")
    for side in (pair.legacy, pair.modern):
        if hasattr(side[1], "close"):
            side[1].close()
    for name in os.listdir(folder):
        if name.startswith(starts):
            path = os.path.join(folder, name)
            if traces and name.endswith(("-legacy.npz", "-modern.npz")):
                shutil.move(path, os.path.join(traces, name))
            else:
                os.remove(path)


class _OneByOne(concurrent.futures.ThreadPoolExecutor):
    """One thread for one recorder; after an error, what it is at is not waited for."""

    def __init__(self, recorder):
        super().__init__(1)
        self._recorder = recorder

    def __exit__(self, error, *unused):
        if error:
            self._recorder.kill()
        self.shutdown(cancel_futures=True)


def _lost(names):
    return f"not as written: {', '.join(names[:3])}" if names else ""


def record_pairs(plan, folder, progress):
    """Yields a `Pair` for each case and precision, in order.

    Args:
      plan: the `Plan`.
      folder: where traces are written; the caller removes it.
      progress: function of one line of text.

    Raises:
      RecorderError: a side could not be recorded.
    """
    with (Recorder.tf1(plan, folder) as tf1,
          Recorder("parity.keras3.recorder", home=OURS) as keras3,
          _OneByOne(keras3) as modern_side, _OneByOne(tf1) as legacy_side):
        def begin(job):
            reference = legacy_side.submit(job.record_legacy)
            repeated = legacy_side.submit(job.repeat_legacy)
            return job, reference, modern_side.submit(job.record_modern, reference), repeated

        jobs = [_Job(case, dtype, plan, folder, tf1, keras3)
                for case in plan.cases for dtype in plan.dtypes]
        coming = iter(jobs)
        begun = collections.deque(begin(job) for job in itertools.islice(coming, _AHEAD))
        for number in range(1, len(jobs) + 1):
            job, reference, pair, repeated = begun.popleft()
            reference.result()  # its error says more than that of a port of it
            recorded = pair.result()
            restored = legacy_side.submit(job.restore_legacy, recorded)
            begun.extend(begin(job) for job in itertools.islice(coming, 1))
            restored.result()
            progress(f"recorded {number}/{len(jobs)}: {recorded.case.name} {recorded.dtype}")
            yield recorded._replace(
                repeat=repeated.result(),
                perturb=lambda job=job, **change: legacy_side.submit(
                    job.perturb, **change).result(),
                perturbed_run=lambda job=job: legacy_side.submit(job.perturbed_run).result())
