"""A free run of the port in float32 through what was captured, for as long as it stays equal to it.

Where every variable and slot is bit for bit what the program left after each of its steps, nothing
lies between the compared steps, and of those the first ones are enough.
"""

from typing import NamedTuple

from parity.judge import differences
from parity.judge import findings
from parity.pair.slots import is_held

DTYPE = "float32"


class CapturedRun(NamedTuple):
    """A run that is bit for bit what was captured.

    Attributes:
      steps: how many; traced: whether they say what a traced step computes.
      losses: `{name: (reference, port)}`, [steps] each.
    """

    steps: int
    traced: bool
    losses: dict

    def finding(self):
        """The `Finding` that says so."""
        return findings.Finding(8, DTYPE, "free run", differences.IDENTICAL, note=(
            f"each paired variable and slot is what was captured after each of {self.steps} steps"))

    def curves(self):
        """The curves of the report."""
        return {"losses": self.losses, "drift": {DTYPE: [0.0] * (self.steps + 1)}}


def expected(found, digests):
    """`[{"<kind>/<name>": digest}]` of what the port shall hold after each step; [] where it holds
    something in another way, or lacks something that is trained, so that digests do not tell.

    Args:
      found: a `Mapping`.
      digests: `[{variable of the reference: digest}]` after each step.
    """
    floats = {entry["name"] for entry in found.reference["variables"]
              if entry["dtype"].startswith("float")}
    names = {f"state/{row.port}": row.reference for row in found.variables.rows
             if row.reference in floats}
    names.update((f"own/{row.optimizer}/{row.name}", row.reference) for row in found.own)
    slots = [slot for slot in found.slots if not slot.idle]
    names.update((f"slot/{found.optimizers.get(slot.port)}/{slot.port}/{slot.role}",
                  slot.reference) for slot in slots)
    trained = {update["variable"] for update in found.reference["updates"]}
    as_it_is = not found.joins and not any(row.transform.name for row in found.variables.rows) and (
        all(is_held(found, slot) and not slot.holds_rate for slot in slots))
    known = all(name in held for held in digests for name in names.values())
    if not (trained and trained <= set(names.values()) and as_it_is and known):
        return []
    return [{port: held[reference] for port, reference in names.items()} for held in digests]
