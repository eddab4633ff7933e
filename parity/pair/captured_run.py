"""Float32 run of the port over the captured batches, compared with the captured program's digests.

Where every variable and slot equals the program's bit for bit after each step, no difference can
hide between the compared steps, and comparing the first few steps is enough.
"""

from typing import NamedTuple

from parity.judge import differences
from parity.judge import findings
from parity.pair.slots import is_held

DTYPE = "float32"


class CapturedRun(NamedTuple):
    """A run of the port that is bit for bit the captured program's.

    Attributes:
      steps: number of steps.
      traced: True where `fit` would trace the step to the same values.
      losses: `{name: (reference, port)}`, [steps] each.
    """

    steps: int
    traced: bool
    losses: dict

    def finding(self):
        """`Finding` of rung 8 that reports the run as identical."""
        return findings.Finding(8, DTYPE, "free run", differences.IDENTICAL, note=(
            f"each paired variable and slot is what was captured after each of {self.steps} steps"))

    def curves(self):
        """Loss curves of both sides and a drift of zero, for the report."""
        return {"losses": self.losses, "drift": {DTYPE: [0.0] * (self.steps + 1)}}


def expected(found, digests):
    """Digests that the port's arrays must have after each step, `[{"<kind>/<name>": digest}]`.

    Digests cannot be compared, and the list is empty, where the port keeps an array in another
    layout or lacks a trained variable.

    Args:
      found: the `Mapping`.
      digests: `[{variable of the reference: digest}]`, one dictionary a step.
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
