"""The catalogue of causes: all changes of the reference that are tried, the simplest first."""

from parity.causes import activations
from parity.causes import attention
from parity.causes import averages
from parity.causes import between
from parity.causes import clipping
from parity.causes import gradients
from parity.causes import joins
from parity.causes import kernels
from parity.causes import losses
from parity.causes import normalisation
from parity.causes import numbers
from parity.causes import optimizers
from parity.causes import penalties
from parity.causes import phases
from parity.causes import recurrent
from parity.causes import rows
from parity.causes import schedules
from parity.causes import sequences
from parity.causes import spectral
from parity.causes import states
from parity.causes import waiting
from parity.causes import weights
from parity.causes import written_adam

# Those of an LSTM, attention, spectral norm, sequences and updates that wait come first: they have
# few changes, and none where a program has none of these; an activation could stand at every
# operation of theirs.
ENTRIES = (recurrent.ENTRIES + attention.ENTRIES + spectral.ENTRIES + sequences.ENTRIES
           + waiting.ENTRIES
           + activations.ENTRIES + normalisation.ENTRIES + kernels.ENTRIES + joins.ENTRIES
           + between.ENTRIES + weights.ENTRIES
           + penalties.ENTRIES + losses.ENTRIES
           + states.ENTRIES
           + phases.ENTRIES + clipping.ENTRIES + gradients.ENTRIES + rows.ENTRIES
           + schedules.ENTRIES + optimizers.ENTRIES + written_adam.ENTRIES
           + averages.ENTRIES + numbers.ENTRIES)


def changes(place):
    """Yields the `Change`s that could explain a port which departs at a `place.Place`."""
    tried = set()
    for entry in ENTRIES:
        if place.rung in entry.rungs and entry.changes not in tried:
            tried.add(entry.changes)
            yield from _made(entry.changes(place))


def families(place):
    """Yields the `Family`s of changes by any number, at a `place.Place`."""
    for entry in ENTRIES:
        if place.rung in entry.rungs and entry.families:
            yield from _made(entry.families(place))


def _made(changes_):
    """Yields the changes up to the first error: a graph may hold what no entry expects."""
    try:
        for change in changes_:
            yield change
    except Exception:  # an entry that does not fit a graph must not end a verification
        return
