"""Compares the learning rates of both sides at far steps, without training up to them."""

from parity.common import keys
from parity.judge import verdicts
from parity.judge.rungs import rates
from parity.judge.rungs import update
from parity.pair import counting

# Largest number of bends of schedules around which rates are read.
_BENDS = 20


def steps(found):
    """Sorted numbers of the steps at which rates are read: `rates.STEPS`, and near possible bends.

    Boundaries of a schedule count updates, of which a step of several training calls makes several.
    """
    ours = [optimizer.get("config", {}).get("learning_rate")
            for optimizer in found.port["optimizers"]]
    numbers = {*found.reference["bends"], *_whole(ours)}
    bends = {number // each for number in numbers for each in (1, found.reference["phases"])}
    around = {bend + more for bend in sorted(bends)[:_BENDS] for more in (-1, 0, 1)}
    return sorted({*rates.STEPS, *(step for step in around if 0 < step <= max(rates.STEPS))})


def _whole(value):
    """Set of all whole numbers in a nested configuration."""
    if isinstance(value, dict):
        return _whole(list(value.values()))
    if isinstance(value, list):
        return {number for part in value for number in _whole(part)}
    return {int(value)} if isinstance(value, (int, float)) and not isinstance(value, bool) and (
        value == value // 1 and 1 <= value <= max(rates.STEPS)) else set()


def port_arguments(sides, found, notes, at=None):
    """Arguments of the port's job "rates".

    The port's iterations at a far step are those at its start, plus the updates that its optimiser
    makes in each step.

    Args:
      sides: the `parity.judge.sides.Sides`.
      found: the `Mapping`.
      notes: the `parity.pair.step_notes.Notes` of the compared steps.
      at: numbers of the steps; those of `steps` if None.
    """
    first = sides.first_step
    updates = [each for step in sorted(notes.steps) for each in notes.steps[step]["updates"]]
    iterations = {}
    for number in sorted(set(found.optimizers.values())):
        made = sum(each["optimizer"] == number for each in notes.steps[first]["updates"])
        begins = found.port["optimizers"][number]["iterations"]
        if found.reference["begun"]:
            begins = counting.iterations(sides.reference, found, first, number)
        iterations[str(number)] = [begins + made * step for step in at or steps(found)]
    return {"iterations": iterations, "updates": [
        {"optimizer": each["optimizer"], "rate": each["rate"]} for each in updates]}


def found_by(sides, found, dtype, theirs, ours, at=None):
    """([`Compared` of each rate known on both sides], [`Finding` on each other rate]).

    Args:
      sides, found: as for `port_arguments`.
      dtype: the precision.
      theirs: the answer of the reference's job "rates".
      ours: the answer of the port's job "rates".
      at: as for `port_arguments`.
    """
    both = list(paired(sides, found, theirs, ours, at))
    return ([row for each in both for row in rates.compared(each, dtype)],
            [rates.not_run(each, dtype) for each in both if each.reason])


def paired(sides, found, theirs, ours, at=None):
    """Yields the `Rates` of each group of variables that share a rate: mostly one per optimiser.

    Args:
      sides, found, theirs, ours, at: as for `found_by`.
    """
    groups = [(number, each, paths) for each in theirs
              for number, paths in _trained(found, each["variables"]).items()]
    owners = [number for number, each, _ in groups if each["what"] == "rate"]
    several = {number for number in owners if owners.count(number) > 1}
    for number, entry, paths in groups:
        name = f"{entry['what']} of " + (
            paths[0] if number in several else f"optimiser {number + 1}")
        port = ours[str(number)]
        both = rates.Rates(
            name, entry["values"], port["values"], entry["rounding"],
            sides.first_phase(entry["variables"][0]), entry["reason"] or port["reason"],
            steps=at or steps(found), variable=entry["variables"][0])
        if not both.reason and both.starts_apart() and _update_agrees(sides, paths):
            both = both.scaled()
        yield both


def _trained(found, variables):
    """`{number of the port's optimiser: [paths]}` of the partners of variables of the reference."""
    trained = {}
    for row in found.variables.rows:
        parts = found.joins.get(row.reference, [row.reference])
        if row.port in found.optimizers and set(parts) & set(variables):
            trained.setdefault(found.optimizers[row.port], []).append(row.port)
    return trained


def _update_agrees(sides, paths):
    """True where variables of these port paths agree after the first compared step."""
    rows = [row for row in update.compared(sides, sides.first_step) if row.tensor in paths]
    dtypes = [sides.port[keys.after(sides.first_step, row.tensor)].dtype for row in rows]
    return not any(map(verdicts.is_apart, rows, dtypes))
