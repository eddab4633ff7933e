"""Learning rates long after the compared steps, as the port's optimisers give them."""

import ast
import inspect

import keras

from parity.port import optimizers

_OF_A_FUNCTION = "the port's rate is a function that its iterations do not change"
_SET = "the port sets its rate itself"


def read(port, iterations, updates):
    """The learning rates of a `Port` after numbers of updates.

    Args:
      port: the `Port`, in the state from which a step starts.
      iterations: `{number of the optimiser, as a word: [updates that it has made]}`.
      updates: `[{"optimizer", "rate"}]` of the updates that were observed in compared steps.

    Returns:
      `{number: {"values": [rate], "reason"}}`; where a rate cannot be told, no values, and why.
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
    """The rate after each number of updates; the counter is set back."""
    counter, values = optimizer._iterations, []
    before = counter.numpy()
    for count in counts:
        counter.assign(count)
        values.append(optimizers.rate(optimizer))
    counter.assign(before)
    return values


def _reason(port, optimizer, values, observed):
    """Why rates that were read say nothing, or ""."""
    rate = optimizer._learning_rate
    if isinstance(rate, keras.Variable):
        assigned = observed - {optimizers.rate(optimizer)} or any(
            map(_assigns, [*port.form.holders, optimizer]))
        return _SET if assigned else ""
    known = isinstance(rate, keras.optimizers.schedules.LearningRateSchedule)
    return "" if known or len(set(values)) > 1 else _OF_A_FUNCTION


def _assigns(thing):
    """Whether the author's code of an object assigns a learning rate, in whatever step."""
    return any(_is_assignment(node) for kind in type(thing).__mro__
               if kind.__module__.partition(".")[0] not in ("keras", "builtins", "tensorflow")
               for code in _reached(kind) for node in ast.walk(code))


def _reached(kind):
    """Syntax trees of a class and of what its module defines and it names, one after the other."""
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
    """Whether a node is `...learning_rate = ` or `...learning_rate.assign(`."""
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        return node.attr == "learning_rate"
    return isinstance(node, ast.Attribute) and node.attr.startswith("assign") and isinstance(
        node.value, ast.Attribute) and node.value.attr in ("learning_rate", "_learning_rate")
