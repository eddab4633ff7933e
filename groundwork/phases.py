"""Phases of a training step: how their batches and losses are named in both wings."""


def batch_starts(phase, accumulate_steps):
    """Starts of the keys of each batch of a phase, `[repetition][accumulated batch]`.

    Args:
      phase: a `Phase` of either wing.
      accumulate_steps: batches of one update.
    """
    if phase.repeats * accumulate_steps == 1:
        return [[phase.name + "/"]]
    return [["{}/{}/".format(phase.name, first * accumulate_steps + index)
             for index in range(accumulate_steps)] for first in range(phase.repeats)]


def loss_names(losses, phase):
    """Names of the losses, parts included, that a phase computes, in the order of `losses`."""
    own = [update.loss for update in phase.updates]
    return [name for name in losses if name.split("/")[0] in own]
