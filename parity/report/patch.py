"""Patches: the edit of a port's file that its cause asks for, where the file is plain enough."""

import ast
import difflib
import io
import re

from parity.judge import differences

_ARGUMENT = re.compile(r"([a-z_]\w*)=(?!=)(.+)\Z", re.DOTALL)
_CALL = re.compile(r"keras\.layers\.(\w+)\((?:(\w+)=)?([^(),]+)\)\Z")
_NUMBER = re.compile(r"(\S+) instead of (\S+)\Z")
# Arguments that are mostly given by position, the first.
_FIRST = ("learning_rate",)
# Of these arguments an optimiser takes one.
_CLIPPING = ("clipnorm", "global_clipnorm", "clipvalue")
# Arguments that no layer has.
_OF_OPTIMIZERS = _CLIPPING + ("learning_rate", "beta_1", "beta_2", "rho", "nesterov", "amsgrad",
                              "centered", "weight_decay", "initial_accumulator_value")
_OPTIMIZERS = ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam", "Ftrl",
               "Lion", "Adafactor", "Lamb", "Muon")

# Causes with an argument that optimisers have, too.
_OF_LAYERS = ("normalisation's epsilon", "moving average")


class NoPatch(Exception):
    """The file is not plain enough, or the cause asks for no argument; the message is one line."""


def text(write, path, line=None, name=""):
    """A unified diff of the port's file.

    Args:
      write: the line of a `parity.judge.findings.Cause`.
      path: path of the port's file.
      line: number of the line from 1 where the port first departs, or None.
      name: name of the cause, which tells an optimiser's epsilon from a layer's; "" for either.

    Raises:
      NoPatch: there is no such edit, or several places could be meant.
    """
    try:
        with open(path, encoding="utf-8") as file:
            source = file.read()
        edited = _edited(source, write, line, name)
    except (OSError, SyntaxError, ValueError) as error:
        raise NoPatch(f"{path}: {' '.join(str(error).split())}")
    difference = difflib.unified_diff(*map(_lines, (source, edited)), "a/" + path, "b/" + path)
    return "".join(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
                   for line in difference)


def _lines(source):
    """The lines as Python counts them: a form feed ends none, as it does for `splitlines`."""
    return list(io.StringIO(source))


def _edited(source, write, line, name):
    """The source after the edit."""
    if "..." in write:
        raise NoPatch(f"no argument is to be written: {write}")
    tree = ast.parse(source)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_meant(
        node, name)]
    number, call, argument = (form.match(write) for form in (_NUMBER, _CALL, _ARGUMENT))
    if number:
        return _replaced(source, _one(_numbers(tree, float(number[2])), line), number[1])
    if call:
        same = _one([each for each in calls if _name(each) == call[1]], line)
        return _given(source, same, call[2], call[3], first=True)
    if argument:
        return _with_argument(source, calls, argument[1], argument[2], line)
    raise NoPatch(f"no argument is to be written: {write}")


def _is_meant(call, name):
    """True of a call that a cause of this name may be about: an optimiser's, or all but those."""
    is_optimizer = _name(call) in _OPTIMIZERS
    return not name or not (is_optimizer and name in _OF_LAYERS or (
        not is_optimizer and name == "optimiser's constant"))


def _with_argument(source, calls, name, value, line):
    """The source with an argument: in the call that has it, the optimiser's, or that on the line.

    Args:
      source: the source.
      calls: its `ast.Call`s.
      name, value: the argument.
      line: number of the line where the port first departs, or None.
    """
    ast.parse(value, mode="eval")
    if name in _CLIPPING:
        other = [given for each in calls for given in each.keywords if given.arg in _CLIPPING]
        if other:
            return _replaced(source, _one(other, line), f"{name}={value}")
    having = [each for each in calls for given in each.keywords
              if given.arg == name and ast.get_source_segment(source, given.value) != value]
    if having:
        return _given(source, _one(having, line), name, value)
    if name in _OF_OPTIMIZERS:
        optimizers = [each for each in calls if _name(each) in _OPTIMIZERS]
        return _given(source, _one(optimizers, line), name, value, first=name in _FIRST)
    here = [each for each in calls if line and each.lineno <= line <= each.end_lineno
            and _name(each)[:1].isupper()]
    if not here:
        raise NoPatch(f"no call has the argument {name}")
    innermost = min(here, key=lambda each: each.end_lineno - each.lineno)
    return _given(source, innermost, name, value, first=name in _FIRST)


def _given(source, call, name, value, first=False):
    """The source in which a call is given an argument.

    Args:
      source: the source.
      call: the `ast.Call`.
      name, value: the argument; with the name None it is positional.
      first: True where the argument may be the first positional one.
    """
    for given in call.keywords:
        if given.arg == name or (first and not call.args and name is None):
            return _replaced(source, given.value, value)
    if first and call.args:
        return _replaced(source, call.args[0], value)
    written = f"{name}={value}" if name else value
    end = _place(source, call.end_lineno, call.end_col_offset) - 1
    between = ", " if call.args or call.keywords else ""
    return source[:end] + between + written + source[end:]


def _numbers(tree, value):
    """The constants of a tree that are this number."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.Constant)
            and type(node.value) in (int, float) and node.value == value]


def _name(call):
    """The last name of the called function: "Dense" of `keras.layers.Dense(...)`."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _one(nodes, line):
    """The only node, or the only one on a line; raises NoPatch where there is no such one."""
    here = [node for node in nodes if line and node.lineno <= line <= node.end_lineno]
    for some in (nodes, here):
        if len(some) == 1:
            return some[0]
    raise NoPatch(f"{len(nodes) or 'no'} places could be meant")


def _replaced(source, node, value):
    start = _place(source, node.lineno, node.col_offset)
    end = _place(source, node.end_lineno, node.end_col_offset)
    return source[:start] + value + source[end:]


def _place(source, line, column):
    """The index in the source of a line, from 1, and a column in bytes of UTF-8."""
    before = _lines(source)
    return sum(map(len, before[:line - 1])) + len(
        before[line - 1].encode("utf-8")[:column].decode("utf-8"))


def of(result):
    """The output of `--fix` on a `parity.judge.findings.Result`: a patch, or why there is none."""
    if result.verdict != differences.DIFFERENT:
        return "no patch: nothing is different"
    if not result.causes:
        return "no patch: no cause is known"
    path, _, line = result.sources.get("modern", "").rpartition(":")
    if not path:
        return "no patch: no line of the port is known"
    try:
        cause = result.causes[0]
        return text(cause.write, path, int(line), cause.name)
    except NoPatch as reason:
        return f"no patch: {reason}"
