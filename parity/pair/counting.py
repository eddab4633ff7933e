"""How many updates the port's optimisers have made, as TensorFlow 1's powers and counters tell."""

from typing import NamedTuple

from parity.pair import powers


def iterations(trace, found, step, optimizer):
    """How many updates one of the port's optimisers has made before a step.

    TensorFlow 1's Adam counts in the powers of its betas; a schedule's rate comes from a counter;
    else there is a global step, or the steps of the capture. Where training begins with the
    capture, counters of both sides begin where each of them does.
    """
    told = updates(trace, found, step, optimizer)
    return step if told is None else told


def updates(trace, found, step, optimizer):
    """The same; None where neither a power nor a counter tells it.

    Powers that have vanished say that there were many: Adam's bias is corrected by no more.
    """
    made = _made(found, optimizer)
    counts = [count for update in made for count in _by_powers(trace, step, update)]
    counts += [_by_counter(trace, found, step, name, optimizer)
               for name in counters(found, optimizer)]
    counts += [powers.updates(powers.SMALLEST, beta) for update in made
               for _, beta in _powers(update)[-1:]]
    return next(iter(counts), None)


def _made(found, optimizer):
    """The reference's updates of the variables that one of the port's optimisers trains."""
    trained = _trained(found, optimizer)
    return [update for update in found.reference["updates"] if update["variable"] in trained]


def _trained(found, optimizer):
    return {row.reference for row in found.variables.rows
            if found.optimizers.get(row.port) == optimizer}


def counters(found, optimizer):
    """Names of the counters that tell the updates of an optimiser, the first the surest."""
    names = [update["counter"] for update in _made(found, optimizer) if update.get("counter")]
    names += [entry["name"] for entry in found.reference["variables"]
              if entry["name"].rpartition("/")[2] == "global_step"]
    return list(dict.fromkeys(names))


def _powers(update):
    """[(variable, beta)] of the powers of Adam's betas; of 0, as in some GANs, none tells a number.
    """
    pairs = ((update["slots"].get(beta + "_power"), update["constants"].get(beta))
             for beta in ("beta1", "beta2"))
    return [(name, beta) for name, beta in pairs if name and beta]


def _by_powers(trace, step, update):
    """[the number of updates] that the powers of Adam's betas tell, if they do."""
    for name, beta in _powers(update):
        value = trace[f"before/{step}/{name}"]
        if value > powers.SMALLEST:
            return [powers.updates(value, beta)]
    return []


class Pace(NamedTuple):
    """How a counter grows beside an optimiser's updates.

    It may count more than they are, or less often: two optimisers may share one, and one may be
    applied several times in a counted step.

    Attributes:
      count: a number that the counter holds.
      updates: how many updates the optimiser has made then.
      grows, by: how much the counter grows in as many updates; 0 where it does not grow.
    """

    count: int
    updates: int
    grows: int
    by: int

    def updates_at(self, count):
        """How many updates were made when the counter holds `count`."""
        grown = count - self.count
        return self.updates + (grown * self.by // self.grows if self.grows else grown)

    def count_after(self, made):
        """What the counter holds after a number of updates; None where it does not grow."""
        grown = (made - self.updates) * self.grows // self.by if self.grows else None
        return None if grown is None else self.count + grown


def pace(trace, found, step, counter, optimizer):
    """The `Pace` of a counter from where both sides begin, by how it grows in a step."""
    first, after = found.reference.get("first_counts", {}), f"after/{step}/{counter}"
    grows = int(trace[after]) - int(trace[f"before/{step}/{counter}"]) if after in trace else 0
    trained = _trained(found, optimizer)
    made = max([sum(1 for _, tensor, _ in trace.by_phase("rate", step) if tensor == name)
                for name in trained], default=0)
    begins = found.port["optimizers"][optimizer].get("iterations", 0)
    return Pace(first.get(counter, 0), begins if counter in first else 0,
                grows if grows > 0 and made else 0, made)


def _by_counter(trace, found, step, counter, optimizer):
    """The number of updates that a counter tells."""
    return pace(trace, found, step, counter, optimizer).updates_at(
        int(trace[f"before/{step}/{counter}"]))
