"""Observes a Keras 3 port: `python -m parity.port.recorder`, jobs on standard input.

Fields of every job:

    program   "file.py:function" or "module:function"
    arguments {name: value} that the function is given; {} if missing
    dtype     "float32" or "float64"; the port is built under this floatx
    forward   true for a port that only runs forward, and need not be compiled; false if missing
    labels    names of the inputs that are labels; [] if missing
    example   path of an .npz, {input name: array}: a batch for a port that makes variables while it
              steps; not needed for one whose model and optimiser are known to be complete

The job "describe" returns the result of `description.describe`. The job "start" writes to `out`:

    state/<variable>                            as the port initialises it
    slot/<optimizer>/<variable>/<role>          as its optimisers make them; roles: `optimizers`
    own/<optimizer>/<name>                      an optimiser's own variables, as powers of beta
    iterations/<optimizer>                      updates that this optimiser has made

The job "initial" returns `{variable: {"kind", ...numbers}}` of the list `variables`, as their
layers' initialisers declare them, "unknown" with a "reason" where they do not; it writes to `out`
draws/<variable>, at least `initializers.DRAWS` values of each that is random.

The job "steps" takes one step from each of the states given in the .npz files `states` and
`inputs` (two paths, which may be the same), for each number k of the list `steps`:

    state/<k>/<variable>                        before the step; as at the start if not given
    slot/<k>/<optimizer>/<variable>/<role>
    own/<k>/<optimizer>/<name>
    iterations/<k>/<optimizer>                  updates that this optimiser has made
    input/<k>/<phase or nothing>/<input>        batch["<input>"]; where a later phase is fed another
                                                value, that is batch["<phase>/<input>"]
    gathered/<k>/<number>/<input>               batch["gathered/<number>/<input>"]: inputs of calls
                                                that only gather gradients for a training call
    draw/<k>/<number>                           raw numbers, in the order of the reference's draws

`draws` is {"<k>": ["uniform", "normal" or "truncated_normal", ...]}, the kind of each number;
`outputs` lists the steps whose layer outputs are written, all if missing. With `unlike`, the path
of such an .npz, only arrays that differ from those in it are written. The job writes to `out`:

    after/<k>/<variable>, slot_after/<k>/..., own_after/<k>/...
    updated/<k>/<update>                        names of the variables that an update is given
    clipped/<k>/<update>/<variable>             dense gradients after the optimiser's own clipping
    loss/<k>/<name>                             "loss" and, where known, its parts
    output/<k>/<layer>                          its first call; later ones <layer>/1, <layer>/2;
                                                further tensors of one call <layer>:1, <layer>:2
    taken/<k>/<layer>/<call>/<number>           input of a layer that is no output of another layer

and returns {"steps": {"<k>": {"updates", "none_gradients", "outputs", "draws"}}, "traced": a line
where the traced step differs from the eager one, else null; it is tried at the first step without
draws, unless `traced` is false; "unexercised": bounds that change nothing, see `bounds.Bounds`}.
See `observed.Observation` and `draws.Draws.notes`.

The job "free" takes the steps one after the other, from the state given for the first. It writes to
`out` entries/<variable> [steps + 1, up to 16], sampled entries of each variable after each step.

The job "follow" does so for as long as the port's arrays have the digests in the list `digests`,
{"<kind>/<name>": digest} for each step, with names as in the job "hold". It writes
losses/port/<name> and returns {"steps": number of steps with these digests, "traced": true where
they ran as a traced function}.

The job "rates" returns learning rates at the numbers of updates that `iterations` lists for each
optimiser, see `far_rates.read`; `updates` lists those that were observed in compared steps.

The job "forward" takes the same and calls the model with `training=False`. It writes to `out`
output/<k>/<layer>, and output/<k>/returned/<number> of the model's outputs; it returns
{"steps": {"<k>": {"draws"}}, "traced": null}.

The job "hold" takes the same: it sets the port to each of the states, and writes its variables to
`out`: state/<k>/..., slot/<k>/..., own/<k>/..., iterations/<k>/<optimizer>.

The job "rates_at" returns {optimizer: learning rate} of the next update from the state 0 that
`states` gives. The job "write_weights" sets the port to that state and has Keras save it in the
file `path`; the job "read_weights" loads such a file, and writes the port's variables to `out` as
<kind>/0/<name>. Both return {"held": ["<kind>/<name>"], "lost": names that are not in the file,
"rates": learning rates of the next update}.

Three jobs need no port: "contents" returns {name: {"shape", "dtype"}} of the checkpoint
`checkpoint`, of TensorFlow 1; "restore" reads its variables `names`, and writes them to `out` by
their names; "save" writes the .npz `states`, {name: array}, as such a checkpoint.
"""

import sys

import keras

from parity.common import names
from parity.common import sources
from parity.common import worker
from parity.port import checkpoints
from parity.port import loading
from parity.port import order
from parity.port import state_jobs
from parity.port import step_jobs
from parity.port import weights

JOBS = {job.__name__: job for job in (
    state_jobs.describe, state_jobs.start, state_jobs.initial, state_jobs.rates_at,
    state_jobs.write_weights, state_jobs.read_weights, state_jobs.contents, state_jobs.restore,
    state_jobs.save, step_jobs.steps, step_jobs.free, step_jobs.follow, step_jobs.rates,
    step_jobs.forward, step_jobs.hold)}
_REFUSED = (names.NotFound, loading.Unusable, weights.Unfit, checkpoints.NoCheckpoint)


def main():
    """Answers jobs until standard input ends."""
    sources.note_origin(keras.layers.Layer)
    order.note_calls(keras.layers.Layer)
    sources.note_origin(keras.optimizers.Optimizer)
    worker.serve(JOBS, _REFUSED)


if __name__ == "__main__":
    main()
    sys.exit(0)
