"""A fault that is planted in a correct port, and what the verification has to say of it."""

from typing import NamedTuple

from parity.judge import differences

# In place of a cause: none is in the catalogue, and the numbers of both sides are shown instead.
UNKNOWN = "not recognised"
# The other structure is what is said itself: a variable too many, an update left out.
STRUCTURE = "structure"


class Fault(NamedTuple):
    """A mistake of people who port, made in one of the correct ports.

    Attributes:
      pair: "<group>.<function>".
      mistake: in words.
      right, wrong: what the port's file has, and what it has instead.
      rung: where the port first differs.
      tensor: a part of the name of the tensor that first differs.
      cause: name of the cause, as the catalogue has it; `STRUCTURE` or `UNKNOWN`.
      write: how the line that mends it begins; "" where there is none.
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
        """What the `Result` of the port with the fault does not say as it should; "" if nothing."""
        first = result.first_difference
        if first is None or first.verdict != differences.DIFFERENT:
            return f"expected different, received {result.verdict}"
        if first.rung != self.rung or self.tensor not in first.tensor:
            return (f"expected rung {self.rung}, {self.tensor or 'any tensor'}, received rung "
                    f"{first.rung}, {first.tensor}")
        return self._miscalled(result)

    def _miscalled(self, result):
        """How the cause that is named is not the fault."""
        if self.cause == STRUCTURE:
            return ""  # what differs at rung 1 says itself what it is
        first = result.causes[0].name if result.causes else UNKNOWN  # others fit as well as it
        if first != self.cause:
            return f"expected {self.cause}, received {first}"
        if result.causes and not result.causes[0].write.startswith(self.write):
            return f"expected to write {self.write}, received {result.causes[0].write}"
        return ""
