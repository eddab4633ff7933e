"""Faults that are planted in correct ports, each with the verdict that it has to get."""

from typing import NamedTuple

from parity.judge import differences

# In place of a cause that the catalogue lacks; the report shows the numbers of both sides instead.
UNKNOWN = "not recognised"
# In place of a cause where the structure differs: the finding itself says a variable too many.
STRUCTURE = "structure"


class Fault(NamedTuple):
    """A common mistake, made in one of the correct ports.

    Attributes:
      pair: name of the pair, "<group>.<function>".
      mistake: the mistake in words.
      right, wrong: the text in the port's file, and the text that replaces it.
      rung: number of the rung at which the port first differs.
      tensor: a part of the name of the tensor that first differs.
      cause: name of the cause in the catalogue; or `STRUCTURE` or `UNKNOWN`.
      write: the beginning of the line that mends it; "" where there is none.
    """

    pair: str
    mistake: str
    right: str
    wrong: str
    rung: int
    tensor: str
    cause: str
    write: str = ""

    def missed(self, result):
        """Says how the `Result` of the port with the fault is not as it should be; "" if it is."""
        first = result.first_difference
        if first is None or first.verdict != differences.DIFFERENT:
            return f"expected different, received {result.verdict}"
        if first.rung != self.rung or self.tensor not in first.tensor:
            return (f"expected rung {self.rung}, {self.tensor or 'any tensor'}, received rung "
                    f"{first.rung}, {first.tensor}")
        return self._miscalled(result)

    def _miscalled(self, result):
        """Says how the first cause of a `Result` is not the fault; "" if it is."""
        if self.cause == STRUCTURE:
            return ""  # the finding on the structure says it
        first = result.causes[0].name if result.causes else UNKNOWN  # others may fit as well
        if first != self.cause:
            return f"expected {self.cause}, received {first}"
        if result.causes and not result.causes[0].write.startswith(self.write):
            return f"expected to write {self.write}, received {result.causes[0].write}"
        return ""
