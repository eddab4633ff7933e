"""Counts the updates of the port's optimisers, from TensorFlow 1's beta powers and step counters.
"""

from typing import NamedTuple

from parity.common import keys
from parity.pair import powers


def iterations(trace, found, step, optimizer):
    """Number of updates that one of the port's optimisers has made before a step.

    TensorFlow 1's Adam counts in the powers of its betas; a schedule's rate comes from a counter;
    else there is a global step, or the steps of the capture. Where training begins with the
    capture, counters of both sides begin where each of them does.
    """
    told = updates(trace, found, step, optimizer)
    return step if told is None else told


def updates(trace, found, step, optimizer):
    """Number of updates as of `iterations`; None where neither a power nor a counter tells it.

    Powers that have underflowed say that there were many: Adam no longer corrects its bias.
    """
    made = _made(found, optimizer)
    counts = [count for update in made for count in _by_powers(trace, step, update)]
    counts += [_by_counter(trace, found, step, name, optimizer)
               for name in counters(found, optimizer)]
    counts += [powers.updates(powers.SMALLEST, beta) for update in made
               for _, beta in _powers(update)[-1:]]
    return next(iter(counts), None)


def _made(found, optimizer):
    """Updates of the reference on the variables that one of the port's optimisers trains."""
    trained = _trained(found, optimizer)
    return [update for update in found.reference["updates"] if update["variable"] in trained]


def _trained(found, optimizer):
    return {row.reference for row in found.variables.rows
            if found.optimizers.get(row.port) == optimizer}


def counters(found, optimizer):
    """Names of the counters that count an optimiser's updates, the surest first."""
    names = [update["counter"] for update in _made(found, optimizer) if update.get("counter")]
    names += [entry["name"] for entry in found.reference["variables"]
              if entry["name"].rpartition("/")[2] == "global_step"]
    return list(dict.fromkeys(names))


def _powers(update):
    """[(variable, beta)] of Adam's beta powers; those of a beta of 0 count nothing, and are out."""
    pairs = ((update["slots"].get(beta + "_power"), update["constants"].get(beta))
             for beta in ("beta1", "beta2"))
    return [(name, beta) for name, beta in pairs if name and beta]


def _by_powers(trace, step, update):
    """[number of updates] from Adam's beta powers; [] where all have underflowed."""
    for name, beta in _powers(update):
        value = trace[keys.before(step, name)]
        if value > powers.SMALLEST:
            return [powers.updates(value, beta)]
    return []


class Pace(NamedTuple):
    """Ratio of a counter's growth to an optimiser's updates, from a known starting point.

    The two differ where optimisers share a counter, or where one is applied several times in a
    counted step.

    Attributes:
      count: value of the counter at the starting point.
      updates: number of updates at the starting point.
      grows, by: the counter grows by `grows` in `by` updates; 0 where it does not grow.
    """

    count: int
    updates: int
    grows: int
    by: int

    def updates_at(self, count):
        """Number of updates when the counter holds `count`."""
        grown = count - self.count
        return self.updates + (grown * self.by // self.grows if self.grows else grown)

    def count_after(self, made):
        """Value of the counter after a number of updates; None where it does not grow."""
        grown = (made - self.updates) * self.grows // self.by if self.grows else None
        return None if grown is None else self.count + grown


def pace(trace, found, step, counter, optimizer):
    """`Pace` of a counter from the start of training, by its growth in one step."""
    first, after = found.reference.get("first_counts", {}), keys.after(step, counter)
    grows = int(trace[after]) - int(trace[keys.before(step, counter)]) if after in trace else 0
    trained = _trained(found, optimizer)
    made = max([sum(1 for _, tensor, _ in trace.by_phase("rate", step) if tensor == name)
                for name in trained], default=0)
    begins = found.port["optimizers"][optimizer].get("iterations", 0)
    return Pace(first.get(counter, 0), begins if counter in first else 0,
                grows if grows > 0 and made else 0, made)


def _by_counter(trace, found, step, counter, optimizer):
    """Number of updates before a step, from a counter."""
    return pace(trace, found, step, counter, optimizer).updates_at(
        int(trace[keys.before(step, counter)]))
