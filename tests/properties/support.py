"""Values of any kind that a file may hold."""

from hypothesis import strategies

NUMBERS = strategies.one_of(
    strategies.integers(), strategies.floats(allow_nan=False, allow_infinity=False))
JSON = strategies.recursive(
    strategies.one_of(strategies.none(), strategies.booleans(), NUMBERS, strategies.text()),
    lambda inner: strategies.one_of(
        strategies.lists(inner, max_size=4),
        strategies.dictionaries(strategies.text(max_size=8), inner, max_size=4)),
    max_leaves=12)


def is_one_line(error):
    """True where the message of an error is one line that says something."""
    return len(str(error).splitlines()) == 1
