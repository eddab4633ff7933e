"""Values that flags accept: how a text is read, and what is expected where it is refused."""

import math
from typing import Any, Callable, NamedTuple

from groundwork import transfer


class Accepted(NamedTuple):
    """The values of one kind of flag."""

    convert: Callable[[str], Any]  # from the text; ValueError where it cannot be read
    valid: Callable[[Any], bool]
    expected: str  # in words, as the refusal says it

    def parse(self, text):
        """The value that a text stands for; ValueError with what was expected."""
        try:
            value = self.convert(text)
        except ValueError:
            value = None
        if value is None or not self.valid(value):
            raise ValueError("expected {}".format(self.expected))
        return value


def one_of(names):
    """One of some names."""
    return Accepted(str, lambda value: value in names, "one of " + ", ".join(names))


def some_of(names):
    """Some of these names, or none, with commas between."""
    return Accepted(str, lambda text: not text or set(text.split(",")) <= set(names),
                    "some of {}, with commas between".format(",".join(names)))


COUNT = Accepted(int, lambda value: value >= 1, "a whole number from 1")
SEED = Accepted(int, lambda value: 0 <= value < 2 ** 63, "a whole number from 0 to 2**63 - 1")
POSITIVE = Accepted(float, lambda value: 0 < value < math.inf, "a number above 0")
NOT_NEGATIVE = Accepted(float, lambda value: 0 <= value < math.inf, "a number from 0")
FRACTION = Accepted(
    float, lambda value: 0 <= value < 1, "a number from 0 up to, not including, 1")
BATCH_SIZE = Accepted(lambda text: "full" if text == "full" else int(text),
                      lambda value: value == "full" or value >= 1,
                      "a whole number from 1, or full")
SCOPES = Accepted(transfer.parse_scopes, lambda text: True,
                  "scopes such as encoder or decoder/hidden1, with commas between")
