"""Mutants of a Python source: each changes one expression or drops one statement."""

import ast
import hashlib
from typing import NamedTuple

_SWAPPED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.And: ast.Or,
    ast.Or: ast.And}
_NEGATED = {ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt}
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
# Whose first arguments may be exchanged without a change.
_SYMMETRIC = {"min", "max", "isclose", "array_equal"}
_DROPPED = (ast.Expr, ast.Raise, ast.AugAssign, ast.Continue, ast.Break)


class Mutant(NamedTuple):
    """A changed source.

    Attributes:
      path: of the file; line: where it is changed.
      before, after: the changed line, without blanks around it.
      source: the whole file as it is with the change.
    """

    path: str
    line: int
    before: str
    after: str
    source: str

    @property
    def change(self):
        """The mutant's name, the same as long as its line stays as it is."""
        return f"{self.path}: {self.before} -> {self.after}"

    @property
    def rank(self):
        """The mutant's place in an order that looks random, and is the same each time."""
        return hashlib.sha256(self.change.encode("utf-8")).hexdigest()

    def __str__(self):
        return f"{self.path}:{self.line}\n    {self.before}\n    {self.after}"


def mutants(path, source):
    """Yields the `Mutant`s of a source; those of the same line and text are one."""
    seen = set()
    for node, text in _changes(ast.parse(source)):
        found = _mutant(path, source, node, text)
        if found.source != source and found.change not in seen:
            seen.add(found.change)
            yield found


def _mutant(path, source, node, text):
    """The `Mutant` in which `text` stands in the place of a node."""
    lines = source.encode("utf-8").splitlines(keepends=True)
    first, last = node.lineno - 1, node.end_lineno - 1
    rest = lines[last][node.end_col_offset:]
    kept = b"\n" * (last - first)  # lines below stay where they are
    changed = lines[first][:node.col_offset] + text.encode("utf-8") + rest.rstrip(b"\n")
    new = lines[:first] + [changed + b"\n" + kept] + lines[last + 1:]
    return Mutant(path, node.lineno, _plain(lines[first]), _plain(changed),
                  b"".join(new).decode("utf-8"))


def _plain(line):
    return " ".join(line.decode("utf-8").split())


def _changes(tree):
    """Yields (node, text that replaces it) of all that runs: no annotations, no words."""
    for node in _walked(tree):
        if isinstance(node, ast.stmt):
            yield from _of_statement(node)
        elif isinstance(node, ast.expr):
            yield from ((node, f"({ast.unparse(other)})") for other in _of_expression(node))


def _walked(node):
    """Nodes in order, without annotations, docstrings, words with numbers in them, start lines."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_left_out(child):
                yield from _walked(child)


def _is_left_out(node):
    """Words, whose parts have no place of their own, and what only runs as a script."""
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _of_statement(node):
    """(node, text) of what a statement may become."""
    if isinstance(node, _DROPPED):
        yield node, "yield from ()" if _yields(node) else "pass"
    if isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield node, "return None"
    if isinstance(node, (ast.If, ast.While)) and not isinstance(
            node.test, (ast.Compare, ast.BoolOp, ast.UnaryOp)):
        yield node.test, f"(not {ast.unparse(node.test)})"


def _yields(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, (ast.Yield, ast.YieldFrom))


def _is_none(node):
    return isinstance(node, ast.Constant) and node.value is None


def _of_expression(node):
    """Expressions that one may become."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for table in (_SWAPPED, _NEGATED):
            if type(node.ops[0]) in table:
                yield ast.Compare(node.left, [table[type(node.ops[0])]()], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(_SWAPPED[type(node.op)](), node.values)
    elif isinstance(node, ast.BinOp) and type(node.op) in _SWAPPED:
        yield ast.BinOp(node.left, _SWAPPED[type(node.op)](), node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield node.operand
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    elif isinstance(node, ast.Constant):
        yield from _of_constant(node.value)
    elif isinstance(node, ast.Call):
        yield from _of_call(node)


def _of_constant(value):
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
    elif isinstance(value, float):
        yield ast.Constant(2 * value or 1.0)


def _of_call(node):
    """The call with its first arguments exchanged, or of the opposite function."""
    if isinstance(node.func, ast.Name) and node.func.id in _NAMES:
        yield ast.Call(ast.Name(_NAMES[node.func.id]), node.args, node.keywords)
    called = getattr(node.func, "id", getattr(node.func, "attr", ""))
    starred = any(isinstance(each, ast.Starred) for each in node.args[:2])
    if len(node.args) > 1 and not starred and called not in _SYMMETRIC:
        first, second, *rest = node.args
        if ast.dump(first) != ast.dump(second):
            yield ast.Call(node.func, [second, first, *rest], node.keywords)
