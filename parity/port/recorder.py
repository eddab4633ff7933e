"""Observes a Keras 3 port: `python -m parity.port.recorder`, jobs on standard input.

Fields of every job:

    program   "file.py:function" or "module:function"
    arguments {name: value} that the function is given; {} if missing
    dtype     "float32" or "float64"; the port is built under this floatx
    forward   whether the port is not to be trained, and need not be compiled; false if missing
    labels    names of the inputs that are labels; [] if missing
    example   path of an .npz, {input name: array}: a batch for a port that makes variables while it
              steps; not needed for one whose model and optimiser are known to be complete

The job "describe" returns what `description.describe` gives. The job "start" writes to `out`:

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
    gathered/<k>/<number>/<input>               batch["gathered/<number>/<input>"]: what calls took
                                                that only gather for the one that trains
    draw/<k>/<number>                           raw numbers, in the order of the reference's draws

`draws` is {"<k>": ["uniform", "normal" or "truncated_normal", ...]}, the kind of each number;
`outputs` lists the steps whose layer outputs are written, all if missing; where `unlike` is given,
the path of such an .npz, only what is otherwise there is written. It writes to `out`:

    after/<k>/<variable>, slot_after/<k>/..., own_after/<k>/...
    updated/<k>/<update>                        names of the variables that an update is given
    clipped/<k>/<update>/<variable>             dense gradients after the optimiser's own clipping
    loss/<k>/<name>                             "loss" and, where known, its parts
    output/<k>/<layer>                          its first call; later ones <layer>/1, <layer>/2;
                                                further tensors of one call <layer>:1, <layer>:2
    taken/<k>/<layer>/<call>/<number>           what a layer takes that no other layer gives

and returns {"steps": {"<k>": {"updates", "none_gradients", "outputs", "draws"}}, "traced": a line
where the traced step differs from the eager one, else null; it is tried at the first step without
draws, unless `traced` is false; "unexercised": bounds that change nothing, see `bounds.Bounds`}.
See `observed.Observation` and `draws.Draws.notes`.

The job "free" takes the steps one after the other, from the state given for the first. It writes to
`out` entries/<variable> [steps + 1, up to 16], some numbers of each variable after each step.

The job "follow" does so for as long as the port holds, bit for bit, what the list `digests` says of
each step, {"<kind>/<name>": digest} of what "hold" writes. It writes losses/port/<name> and returns
{"steps": after how many of them it did, "traced": whether they ran as a trace}.

The job "rates" returns the learning rates at the numbers of updates that `iterations` lists of each
optimiser, see `far_rates.read`; `updates` lists those that were observed in compared steps.

The job "forward" takes the same and calls the model with `training=False`. It writes to `out`
output/<k>/<layer>, and output/<k>/returned/<number> of what the model gives; it returns
{"steps": {"<k>": {"draws"}}, "traced": null}.

The job "hold" takes the same, too: it sets the port to each of the states, and writes to `out` what
it holds then: state/<k>/..., slot/<k>/..., own/<k>/..., iterations/<k>/<optimizer>.

The job "rates_at" returns {optimizer: learning rate} of the next update from the state 0 that
`states` gives. The job "write_weights" sets the port to that state and saves it as Keras does in
the file `path`; the job "read_weights" sets the port to what such a file holds, and writes that to
`out` as <kind>/0/<name>. Both return {"held": ["<kind>/<name>"], "lost": what the file does not
hold, "rates": learning rates of the next update}.

Three jobs need no port: "contents" returns {name: {"shape", "dtype"}} of the checkpoint
`checkpoint`, of TensorFlow 1; "restore" reads its variables `names`, and writes them to `out` by
their names; "save" writes the .npz `states`, {name: array}, as such a checkpoint.
"""

import contextlib
import json
import sys

import keras
import numpy as np

from parity.common import arrays
from parity.common import names
from parity.common import sources
from parity.common import cache
from parity.common import worker
from parity.port import bounds
from parity.port import checkpoints
from parity.port import description
from parity.port import draws
from parity.port import far_rates
from parity.port import feeding
from parity.port import free_run
from parity.port import inference
from parity.port import initializers
from parity.port import loading
from parity.port import optimizers
from parity.port import order
from parity.port import port as ports
from parity.port import stepping
from parity.port import weights

_KEPT = cache.Cache(most=1)


def _port(job, batch=None):
    """The port of a job, built once for a precision."""
    if batch is None and job.get("example"):
        example = arrays.Given([job["example"]]).under("")
        batch = feeding.Batch.of(example, job.get("labels", ()), job["dtype"])
    built = (job["program"], job["dtype"], job.get("arguments", {}), job.get("forward", False))
    key = json.dumps(built, sort_keys=True)
    port = _KEPT.get(key, lambda: ports.Port(loading.build(*built), batch))
    if port.complete or batch is None:
        return port
    return _KEPT.get(key + " complete", lambda: ports.Port(loading.build(*built), batch))


def _batch(job, given, step):
    """What a step is fed."""
    fed = {}
    for key, value in given.under(f"input/{step}/").items():
        phase, _, name = key.partition("/")
        if name in fed and not (fed[name].shape == value.shape and (fed[name] == value).all()):
            name = f"{phase}/{name}"
        fed[name] = value
    fed.update((f"gathered/{key}", value)
               for key, value in given.under(f"gathered/{step}/").items())
    return feeding.Batch.of(fed, job.get("labels", ()), job["dtype"])


def _draws(job, given, step):
    kinds = job.get("draws", {}).get(str(step), [])
    numbers = given.under(f"draw/{step}/")
    return draws.Draws([numbers[str(number)] for number in range(len(kinds))], kinds)


def describe(job):
    """What the port is made of."""
    return description.describe(_port(job))


def start(job):
    """The state in which the port starts."""
    port = _port(job)
    port.reset()
    with arrays.Writer(job["out"]) as write:
        for kind, name, value in port.held():
            write(f"{kind}/{name}", value)
    return {}


def initial(job):
    """What the port's layers declare as the start of variables, and draws from it."""
    with arrays.Writer(job["out"]) as write:
        return initializers.read(_port(job), set(job["variables"]), write)


def steps(job):
    """One step from each given state."""
    given = arrays.Given([job["states"], job["inputs"]])
    port = _port(job, _batch(job, given, job["steps"][0]))
    notes, traced, watched = {}, [], bounds.Bounds()
    with arrays.Writer(job["out"]) as out, contextlib.ExitStack() as stack:
        write = _unlike(stack.enter_context(np.load(job["unlike"], allow_pickle=False)), out
                        ) if job.get("unlike") else out
        for k in job["steps"]:
            notes[str(k)] = _step(job, given, port, k, write, traced, watched)
    return {"steps": notes, "traced": traced[0] if traced else None,
            "unexercised": watched.never()}


def _unlike(first, write):
    """A function (name, array) that writes what is not bit for bit the same in `first`."""
    def written(name, array):
        value = np.asarray(array)
        if name not in first or first[name].tobytes() != value.tobytes():
            write(name, value)
    return written


def _step(job, given, port, k, write, traced, watched):
    batch, answers = _batch(job, given, k), _draws(job, given, k)
    port.load(given, k)
    compared = job.get("traced", True) and not traced and not job.get("draws", {}).get(str(k))

    def keep(kind, name, array):
        if kind != "gradient":  # the same again, but where it is clipped
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
    """A run of steps from the state given for the first."""
    _write(job, free_run.entries(*_begun(job)))
    return {}


def follow(job):
    """Such a run, for as long as it leaves what is expected."""
    count, traced, found = free_run.follow(*_begun(job), job["digests"])
    _write(job, found)
    return {"steps": count, "traced": traced}


def _begun(job):
    """(port in the state given for the first step, what each step takes, whether any draws)."""
    given = arrays.Given([job["states"], job["inputs"]])
    port = _port(job, _batch(job, given, job["steps"][0]))
    port.load(given, job["steps"][0])
    return port, ((_batch(job, given, step), _draws(job, given, step)) for step in job["steps"]
                  ), any(job.get("draws", {}).values())


def _write(job, found):
    with arrays.Writer(job["out"]) as write:
        for name, value in found.items():
            write(name, value)


def rates(job):
    """The learning rates after numbers of updates."""
    return far_rates.read(_begun(job)[0], job["iterations"], job["updates"])


def forward(job):
    """One forward pass, as the port is used, from each given state."""
    given = arrays.Given([job["states"], job["inputs"]])
    port, notes = _port(job, _batch(job, given, job["steps"][0])), {}
    with arrays.Writer(job["out"]) as write:
        for k in job["steps"]:
            answers = _draws(job, given, k)
            port.load(given, k)
            inference.observe(port, _batch(job, given, k), answers,
                              lambda name, array, k=k: write(f"output/{k}/{name}", array))
            notes[str(k)] = {"draws": answers.notes()}
    return {"steps": notes, "traced": None}


def hold(job):
    """What the port holds of each given state."""
    given = arrays.Given([job["states"], job["inputs"]])
    port = _port(job, _batch(job, given, job["steps"][0]))
    with arrays.Writer(job["out"]) as write:
        for k in job["steps"]:
            port.load(given, k)
            for kind, name, value in port.held():
                write(f"{kind}/{k}/{name}", value)
    return {}


def rates_at(job):
    """The learning rates of the next update from the given state."""
    port = _port(job)
    port.load(arrays.Given([job["states"]]), 0)
    return _rates(port)


def _rates(port):
    return {number: optimizers.rate(optimizer)
            for number, optimizer in enumerate(port.optimizers)}


def write_weights(job):
    """Saves the given state as Keras does."""
    port = _port(job)
    port.load(arrays.Given([job["states"]]), 0)
    return _kept(port, weights.write(port, job["path"]))


def read_weights(job):
    """What the port holds of a file that Keras saved."""
    port = _port(job)
    lost = weights.read(port, job["path"])
    with arrays.Writer(job["out"]) as write:
        for kind, name, value in port.held():
            if f"{kind}/{name}" not in lost:
                write(f"{kind}/0/{name}", value)
    return _kept(port, lost)


def _kept(port, lost):
    return {"held": [f"{kind}/{name}" for kind, name, _ in port.places()], "lost": lost,
            "rates": _rates(port)}


def contents(job):
    """What a checkpoint of TensorFlow 1 holds."""
    return checkpoints.contents(job["checkpoint"])


def restore(job):
    """Reads a checkpoint of TensorFlow 1."""
    with arrays.Writer(job["out"]) as write:
        for name, value in checkpoints.read(job["checkpoint"], job["names"]):
            write(name, value)
    return {}


def save(job):
    """Writes a checkpoint as TensorFlow 1 reads it."""
    checkpoints.write(job["checkpoint"], arrays.Given([job["states"]]).each(""))
    return {}


if __name__ == "__main__":
    sources.note_origin(keras.layers.Layer)
    order.note_calls(keras.layers.Layer)
    sources.note_origin(keras.optimizers.Optimizer)
    worker.serve({"describe": describe, "start": start, "initial": initial, "steps": steps,
                  "free": free, "follow": follow, "rates": rates, "forward": forward,
                  "hold": hold, "rates_at": rates_at, "write_weights": write_weights,
                  "read_weights": read_weights, "contents": contents, "restore": restore,
                  "save": save},
                 (names.NotFound, loading.Unusable, weights.Unfit, checkpoints.NoCheckpoint))
    sys.exit(0)
