"""Reads learning rates of the port's optimisers at far steps, without training."""

import ast
import inspect

import keras

from parity.port import optimizers

_OF_A_FUNCTION = "the port's rate is a function that its iterations do not change"
_SET = "the port sets its rate itself"


def read(port, iterations, updates):
    """Learning rates of a `Port` after given numbers of updates.

    Args:
      port: the `Port`, in the state from which a step starts.
      iterations: `{number of the optimiser, as a string: [number of updates]}`.
      updates: `[{"optimizer", "rate"}]` of the updates that were observed in compared steps.

    Returns:
      `{number: {"values": [rate], "reason"}}`; where rates cannot be read, no values and a reason.
    """
    found = {}
    for number, counts in iterations.items():
        optimizer = port.optimizers[int(number)]
        values = _values(optimizer, counts)
        observed = {update["rate"] for update in updates if update["optimizer"] == int(number)}
        reason = _reason(port, optimizer, values, observed)
        found[number] = {"values": [] if reason else values, "reason": reason}
    return found


def _values(optimizer, counts):
    """Rates after each number of updates; the optimiser's counter is restored."""
    counter, values = optimizer._iterations, []
    before = counter.numpy()
    for count in counts:
        counter.assign(count)
        values.append(optimizers.rate(optimizer))
    counter.assign(before)
    return values


def _reason(port, optimizer, values, observed):
    """Reason why the rates that were read are not those of training, or ""."""
    rate = optimizer._learning_rate
    if isinstance(rate, keras.Variable):
        assigned = observed - {optimizers.rate(optimizer)} or any(
            map(_assigns, [*port.form.holders, optimizer]))
        return _SET if assigned else ""
    known = isinstance(rate, keras.optimizers.schedules.LearningRateSchedule)
    return "" if known or len(set(values)) > 1 else _OF_A_FUNCTION


def _assigns(thing):
    """True where the author's code of an object assigns a learning rate anywhere."""
    return any(_is_assignment(node) for kind in type(thing).__mro__
               if kind.__module__.partition(".")[0] not in ("keras", "builtins", "tensorflow")
               for code in _reached(kind) for node in ast.walk(code))


def _reached(kind):
    """Yields syntax trees of a class, and of functions and classes of its module that it names."""
    try:
        tree = ast.parse(inspect.getsource(inspect.getmodule(kind)))
    except (OSError, TypeError, SyntaxError):  # it was not read from a file
        return
    defined = {node.name: node for node in tree.body
               if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
    waiting = [kind.__name__]
    while waiting:
        code = defined.pop(waiting.pop(), None)
        if code is not None:
            yield code
            waiting += [node.id for node in ast.walk(code) if isinstance(node, ast.Name)]


def _is_assignment(node):
    """True of a node `...learning_rate = ` or `...learning_rate.assign(`."""
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        return node.attr == "learning_rate"
    return isinstance(node, ast.Attribute) and node.attr.startswith("assign") and isinstance(
        node.value, ast.Attribute) and node.value.attr in ("learning_rate", "_learning_rate")
