"""Answers jobs on captured programs: `python -m parity.reference.recorder`.

Jobs, one a line of JSON on standard input; results are written to .npz files "out". Racing accesses
run in the order number "turn" of a job, see `port_order.take`:

    describe   {"captured", "example"}: description for the pairing with a port, see
               `description.describe`; the file "example" gets the inputs of the first step, named
               by the operations that give them
    steps      {"captured", "dtype", "steps", "out", "batches"}: runs freely, fed with the file
               "batches" if there is one (see `batches.give`), and writes of each of the "steps":
               before/<step>/<variable>, after/<step>/<variable>,
               gradient/<step>/<phase>/<variable>, rate/..., loss/<step>/<phase>/<tensor>,
               output/<step>/<phase>/<layer> and .../<layer>/activation,
               fetched/<step>/<phase>/<tensor> of a graph that only runs forward,
               last_rate/<step>/<phase>/<variable>, of the step before,
               input/<step>/<phase>/<tensor>, draw/<step>/<phase>/<number>;
               islands, names of operations that float64 computes in float32, if there are any.
               With "free", the number of steps of the whole run, it writes also input/...,
               gathered/... and draw/<step>/0/<number> of each step, entries/<variable>
               [steps + 1, up to 16] of the variables "names", and losses/<phase>/<tensor> [steps].
               The answer has "draws", {step: [kind]}, "unexercised", bounds that never act, see
               `exercised.Bounds.never`, and "varied", true where variants were recorded, too, since
               draws in loops go on from one step to the next
    vary       {"captured", "dtype", "steps", "trace", "batches", "split", "only", "out"}: runs
               variants of the reference (see `variants`; those named in "only", or all) on steps
               that are recorded in the file "trace", and writes their differences from it:
               allowed_after/..., allowed_gradient/..., ...: relative distance that other roundings
               of constants make; bent_after/...: the part of it that is no factor of a variable's
               whole move; noise_...: relative distance that one ulp makes; stored_after/...,
               powers_...: arrays of the variables in the list "split"; biased_after/...: moving
               variances
    taken      {"captured", "count", "out"}: inputs of a free run in float32, see `captured_run`
    nudged     {"captured", "dtype", "count", "names", "batches", "out"}: entries/... of a free run
               that is nudged by one ulp before each step
    rates      {"captured", "dtype", "trace", "compared", "steps"}: learning rates at far steps, see
               `far_rates.read`
    sample     {"captured", "steps", "out", "batches"}: states and inputs of steps, see
               `placed.sample`
    retake     {"captured", "dtype", "steps", "given", "out"}: the steps again, from the states and
               inputs of such a file, see `placed.retake`; "vary" and "infer" take "given", too
    replay     {"captured", "enough", "large"}: for each precision the verdict of a replay of the
               capture, the row with the largest error, and names of variables that a call writes
               twice in no order; float32 alone where that is "enough" and bit for bit equal
    raced      {"captured", "large"}: the largest error of the capture in a replay in the order of a
               port
    infer      {"captured", "dtype", "out", "batches"}: outputs <layer> of the first step's forward
               pass without training, see `inference.Forward`; returns why there are none, or ""
    initial    {"captured", "variables", "out"}: distributions of initialisers, see `initial.read`,
               and draws/<variable> of the named variables that are no constants
    save       {"captured", "states", "part", "names", "checkpoint"}: writes a TensorFlow 1
               checkpoint of the named variables, whose float32 values the file "states" holds as
               <part>/<name>
    restore    {"captured", "checkpoint", "names", "out"}: restores the program's variables from a
               checkpoint, and writes their values as <name>
    candidates, edited, changed_rates: changes of the program that may explain a port, see
               `parity.causes.jobs`
"""

import sys

from parity import capture
from parity.causes import jobs
from parity.common import worker
from parity.reference import captured_run
from parity.reference import checkpoints
from parity.reference import description
from parity.reference import far_rates
from parity.reference import free_run
from parity.reference import inference
from parity.reference import initial
from parity.reference import placed
from parity.reference import port_order
from parity.reference import recording
from parity.reference import replay_error

JOBS = {
    "describe": description.describe, "steps": recording.record, "vary": recording.vary,
    "taken": captured_run.taken, "nudged": free_run.nudged,
    "sample": placed.sample, "retake": placed.retake,
    "rates": far_rates.read, "replay": replay_error.verdicts,
    "raced": replay_error.raced, "infer": inference.infer,
    "initial": initial.first_values, "save": checkpoints.save, "restore": checkpoints.restore,
    "candidates": jobs.candidates, "edited": jobs.edited, "changed_rates": jobs.changed_rates}


def main():
    """Answers jobs until standard input ends."""
    worker.serve({name: _in_turn(job) for name, job in JOBS.items()}, capture.Failure)


def _in_turn(answer):
    """Function that answers a job in its order of racing accesses."""
    def answered(job):
        port_order.take(job.get("turn", 0))
        return answer(job)
    return answered


if __name__ == "__main__":
    main()
    sys.exit(0)
