"""Formats a description: titles, wrapped lines, shortened lists of names."""

_WIDTH = 100
_MOST_NAMES = 4


def section(title, lines):
    """List of a title and its lines, indented and wrapped; [] where there are no lines."""
    lines = [wrapped for line in lines for wrapped in _wrapped(line)]
    return [title] + ["  " + line for line in lines] if lines else []


def _wrapped(line):
    """Yields the parts of a line, broken at blanks to fit a terminal."""
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    while len(line) > _WIDTH - 2:
        cut = line.rfind(" ", len(indent), _WIDTH - 2)
        if cut < 0:
            break
        yield line[:cut]
        line = indent + line[cut + 1:]
    yield line


def some(names):
    """Shortened list of names: "a, b, ... z (12 in all)"."""
    names = list(names)
    if len(names) <= _MOST_NAMES:
        return ", ".join(names)
    return "{}, ... {} ({} in all)".format(", ".join(names[:2]), names[-1], len(names))
