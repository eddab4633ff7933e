"""Values that flags accept: how a text is read, and what is expected where it is refused."""

import math
import re
import sys
from typing import Any, Callable, NamedTuple, Tuple

from groundwork import transfer


# Python also reads " 5", "1_000" and the digits of other scripts, which are more often slips.
_WHOLE = re.compile(r"[+-]?[0-9]+")
_FORMAT = re.compile(r"[1-9][0-9]{0,3}x[1-9][0-9]{0,3}(x3)?")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def whole(text):
    """The int that ASCII digits stand for; ValueError for any other text."""
    if not _WHOLE.fullmatch(str(text)):  # absl passes a flag's default, a number
        raise ValueError(text)
    return int(text)


def decimal(text):
    """The float that a decimal in ASCII stands for; ValueError for any other text, nan and inf."""
    if not _DECIMAL.fullmatch(str(text)):
        raise ValueError(text)
    return float(text)


class Accepted(NamedTuple):
    """The values of one kind of flag."""

    convert: Callable[[str], Any]  # from the text; ValueError where it cannot be read
    valid: Callable[[Any], bool]
    expected: str  # in words, as the refusal says it
    kind: type = str  # of the value in a config.json: int, float or str
    names: Tuple[str, ...] = ()  # all values, where they are few

    def parse(self, text):
        """The value that a text stands for; ValueError with what was expected."""
        try:
            value = self.convert(text)
        except ValueError:
            value = None
        if value is None or not self.valid(value):
            raise ValueError("expected {}".format(self.expected))
        return value

    def of_json(self, value):
        """A value out of a config.json, if a flag accepts it; ValueError with what was expected."""
        if self.kind is str and type(value) is str:
            return self.parse(value)
        if self.kind is float and type(value) is int and abs(value) <= sys.float_info.max:
            value = float(value)
        if type(value) is not self.kind or not self.valid(value):  # True is no number here
            raise ValueError("expected {}".format(self.expected))
        return value


def one_of(names):
    """One of some names."""
    return Accepted(str, lambda value: value in names, "one of " + ", ".join(names),
                    names=tuple(names))


def one_number_of(numbers):
    """One of some whole numbers."""
    return Accepted(whole, lambda value: value in numbers,
                    "one of " + ", ".join(str(number) for number in numbers), int)


def some_of(names):
    """Some of these names, or none, with commas between."""
    return Accepted(str, lambda text: not text or set(text.split(",")) <= set(names),
                    "some of {}, with commas between".format(",".join(names)))


COUNT = Accepted(whole, lambda value: value >= 1, "a whole number from 1", int)
INDEX = Accepted(whole, lambda value: value >= 0, "a whole number from 0", int)
STEPS = Accepted(  # those that TensorFlow counts
    whole, lambda value: 1 <= value < 2 ** 63, "a whole number from 1 to 2**63 - 1", int)
SEED = Accepted(
    whole, lambda value: 0 <= value < 2 ** 63, "a whole number from 0 to 2**63 - 1", int)
POSITIVE = Accepted(decimal, lambda value: 0 < value < math.inf, "a number above 0", float)
NOT_NEGATIVE = Accepted(decimal, lambda value: 0 <= value < math.inf, "a number from 0", float)
FRACTION = Accepted(
    decimal, lambda value: 0 <= value < 1, "a number from 0 up to, not including, 1", float)
IMAGE_FORMAT = Accepted(
    str, lambda text: bool(_FORMAT.fullmatch(text)) and all(
        8 <= int(extent) <= 1024 and int(extent) % 4 == 0 for extent in text.split("x")[:2]),
    "HEIGHTxWIDTH or HEIGHTxWIDTHx3, both multiples of 4 from 8 to 1024")
BATCH_SIZE = Accepted(lambda text: "full" if text == "full" else whole(text),
                      lambda value: value == "full" or value >= 1,
                      "a whole number from 1, or full", int)
SCOPES = Accepted(transfer.parse_scopes, lambda text: True,
                  "scopes such as encoder or decoder/hidden1, with commas between")
