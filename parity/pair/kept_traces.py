"""Keeps the traces of a verification in a folder, for `parity.compare`."""

import os
import re

from parity.pair import exchanges
from parity.trace import file


def folder(config):
    """Folder of a pair's traces, which is created; "" where none are kept."""
    if not config.traces:
        return ""
    path = os.path.join(config.traces, re.sub(r"[^\w.-]+", "_", config.shown))
    os.makedirs(path, exist_ok=True)
    return path


def keep(place, config, run, found, sides, described, rates, unrepeatable):
    """Writes the traces of both sides in one precision.

    Args:
      place: the folder, see `folder`.
      config: the `PairConfig`.
      run: the `Run`.
      found: the `Mapping`.
      sides: the `Sides`.
      described: description of the reference by its recorder.
      rates: answers of both recorders on rates at far steps, the reference's first; () if none.
      unrepeatable: `parity.judge.repeated.Unrepeatable`s.
    """
    more = {"reference": {"alone": config.float32_only},
            "port": {"exchanged": exchanges.exchanged(found)}}
    for side, answer in zip(more, rates):
        more[side]["rates"] = answer
    content = {"reference": (described, run.reference.arrays), "port": (found.port, sides.port)}
    for side, (description, trace) in content.items():
        again = sorted(key for each in unrepeatable if each.who == f"the {side}"
                       for key in each.keys)
        path = os.path.join(place, file.name(side, run.dtype))
        file.write(path, dict(
            more[side], unrepeatable=again, side=side, pair=config.shown,
            unexercised=run.unexercised[side], dtype=run.dtype, steps=run.reference.steps,
            description=description), trace)
