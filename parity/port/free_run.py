"""A port run freely from a given start, its draws answered."""

from parity.common import worker
from parity.port import draws as random_draws
from parity.port import hooks


def entries(port, steps):
    """Some numbers of every variable after each step: `{"entries/<path>": [steps + 1, up to 16]}`.

    Args:
      port: a `Port` in the state where the run begins.
      steps: (`feeding.Batch`, `Draws`) of each step.
    """
    curves = worker.Curves()
    curves.add({}, _floats(port))
    for batch, draws in steps:
        with hooks.replaced(random_draws.replacements(draws)), hooks.eager():
            port.form.step(batch)
        curves.add({}, _floats(port))
    return {name: value for name, value in curves.arrays().items() if name.startswith("entries/")}


def _floats(port):
    return {path: value for path, value in port.state().items() if value.dtype.kind == "f"}
