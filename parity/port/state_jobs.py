"""Jobs of the recorder on a port's description, first state, weights files and checkpoints."""

from parity.common import arrays
from parity.port import checkpoints
from parity.port import description
from parity.port import initializers
from parity.port import job_inputs
from parity.port import optimizers
from parity.port import weights


def describe(job):
    """Job "describe": description of the port."""
    return description.describe(job_inputs.port(job))


def start(job):
    """Job "start": writes the state in which the port starts."""
    port = job_inputs.port(job)
    port.reset()
    with arrays.Writer(job["out"]) as write:
        for kind, name, value in port.held():
            write(f"{kind}/{name}", value)
    return {}


def initial(job):
    """Job "initial": distributions of initialisers; writes draws from them."""
    with arrays.Writer(job["out"]) as write:
        return initializers.read(job_inputs.port(job), set(job["variables"]), write)


def rates_at(job):
    """Job "rates_at": learning rates of the next update from the given state."""
    port = job_inputs.port(job)
    port.load(arrays.Given([job["states"]]), 0)
    return _rates(port)


def _rates(port):
    return {number: optimizers.rate(optimizer)
            for number, optimizer in enumerate(port.optimizers)}


def write_weights(job):
    """Job "write_weights": has Keras save the given state in a file."""
    port = job_inputs.port(job)
    port.load(arrays.Given([job["states"]]), 0)
    return _kept(port, weights.write(port, job["path"]))


def read_weights(job):
    """Job "read_weights": loads a file that Keras saved, and writes the port's variables."""
    port = job_inputs.port(job)
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
    """Job "contents": shapes and types of the variables in a checkpoint of TensorFlow 1."""
    return checkpoints.contents(job["checkpoint"])


def restore(job):
    """Job "restore": reads variables from a checkpoint of TensorFlow 1."""
    with arrays.Writer(job["out"]) as write:
        for name, value in checkpoints.read(job["checkpoint"], job["names"]):
            write(name, value)
    return {}


def save(job):
    """Job "save": writes a checkpoint of TensorFlow 1."""
    checkpoints.write(job["checkpoint"], arrays.Given([job["states"]]).each(""))
    return {}
