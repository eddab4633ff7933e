"""Takes one step of a port: eagerly and observed, then as its author runs it, for comparison."""

import keras
import numpy as np

from parity.port import draws as random_draws
from parity.port import hooks
from parity.port import observed

# Norm of the difference over norm of the update. Rounding stays far below; Python code that a trace
# freezes (a counter, an `if`, NumPy's random numbers) is above.
_ROUNDING = {"float32": 1e-2, "float64": 1e-6}


def observe(port, batch, draws, write, keep_outputs, bounds=None):
    """Takes one eager step from the present state, and writes what is observed.

    Args:
      port: a `Port`.
      batch: a `feeding.Batch`.
      draws: the `Draws` that answer its random draws.
      write: function (kind, name, array) that keeps an array.
      keep_outputs: True to write layer outputs.
      bounds: the `Bounds` that watch the step, or None.

    Returns:
      (`Observation`, `{name: loss}`).
    """
    observation = observed.Observation(port, write, keep_outputs, bounds)
    watched = bounds.watching(port) if bounds else []
    with hooks.replaced(random_draws.replacements(draws) + watched), (
            observation.watching()), hooks.eager():
        losses = port.form.step(batch)
    losses = {name: np.asarray(loss) for name, loss in losses.items()}
    for name, loss in losses.items():
        write("loss", name, loss)
    slots, own = port.optimizer_state()
    for kind, variables in (("after", port.variables()), ("slot_after", slots),
                            ("own_after", own)):
        for name, variable in variables.items():
            write(kind, name, variable.numpy())
    return observation, losses


def traced_difference(port, batch, set_back, losses):
    """Line on the difference between a traced step and the eager one just taken, or None.

    Args:
      port: a `Port` in the state after the eager step.
      batch: the `feeding.Batch` of the step.
      set_back: function () that sets the port to the state before the step.
      losses: `{name: loss}` of the eager step.
    """
    eager = port.state()
    set_back()
    started = port.state()
    try:
        traced_losses = port.form.traced_step(batch)
    except Exception as error:  # the author's code may fail to be traced in any way
        line = " ".join(str(error).split())
        return f"the step cannot be traced: {type(error).__name__}: {line[:300]}"
    return (_state_difference(started, eager, port.state())
            or _loss_difference(losses, traced_losses))


def _state_difference(started, eager, traced):
    off = {path: np.linalg.norm(np.ravel(traced[path] - value)) for path, value in eager.items()
           if value.dtype.kind == "f"}
    moved = _norm(np.linalg.norm(np.ravel(eager[path] - started[path])) for path in off)
    if not _norm(off.values()) > _ROUNDING[keras.config.floatx()] * moved:
        return None
    worst = max(off, key=off.get)
    return (f"eager and traced steps differ: {worst} by {off[worst]:.3g}, where the whole update "
            f"has norm {moved:.3g}")


def _norm(values):
    return float(np.linalg.norm(list(values)))


def _loss_difference(eager, traced):
    largest = max([0.0] + [float(np.max(np.abs(loss))) for loss in eager.values()])
    for name, loss in eager.items():
        difference = float(np.max(np.abs(np.asarray(traced[name]) - loss)))
        if difference > _ROUNDING[keras.config.floatx()] * largest:
            return (f"eager and traced steps differ: loss {name} is {loss:.6g}, traced "
                    f"{np.asarray(traced[name]):.6g}")
    return None
