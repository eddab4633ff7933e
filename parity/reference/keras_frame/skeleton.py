"""Writes the skeleton of a Keras 3 port: layers, initialisers, optimisers and input names."""

import collections
import os

from parity.reference.keras_frame import keras_losses
from parity.reference.keras_frame import keras_optimizers
from parity.reference.reading import assignments
from parity.reference.reading import networks
from parity.reference.reading import phases
from parity.reference.reading import structure
from parity.reference.reading import tensors
from parity.reference.reading import updates

_HEAD = '''"""Frame of a Keras 3 port of {program}, written from its captured graph.

Comments that say "to be filled in" stand where the graph alone does not decide.
"""

import keras
'''
_OPEN = '''

def to_be_filled_in(what, *tensors):
    """Stands for what the graph does not say in terms of Keras."""
    raise NotImplementedError("to be filled in: {} of {}".format(what, tensors))
'''
_BUILD = '''

def build():
    """Returns an object with `model` and `step(batch)`."""
    return Port()
'''


def text(captured):
    """Source code of a port, with a function `build()`.

    Args:
      captured: a `parity.reference.captured.Captured`.
    """
    found = networks.read(captured)
    body = "".join("\n\n" + network.source for network in found)
    optimizers = updates.optimizers(captured)
    whole = phases.read(captured)
    simple = len(optimizers) == 1 and len(whole) == 1 and len(found) == 1
    body += "\n\n" + (_one(captured, found[0], optimizers[0]) if simple else
                      _several(captured, found, optimizers, whole))
    program = captured.header["program"]
    name = " ".join(program[:2]) if program[0] == "-m" else os.path.basename(program[0])
    return _HEAD.format(program=name.replace('"', "'").replace("\\", "/")) + (
        _OPEN if "to_be_filled_in(" in body else "") + body


def _commented(comments, indent="    "):
    return "".join("{}# {}\n".format(indent, line) for comment in comments
                   for line in networks.wrapped(comment, indent))


def _optimizer(captured, found, target, indent="    "):
    """Lines that assign an optimiser to a name, after its schedule."""
    rate = keras_optimizers.learning_rate(found.rate)
    line = keras_optimizers.optimizer(structure.of(captured), found)
    text = ""
    if "(" in rate.code and line.code:
        text = _commented(rate.comments, indent) + networks.broken(
            indent + "learning_rate = " + rate.code) + "\n"
        line = keras_optimizers.Line(line.code.replace(rate.code, "learning_rate"), [
            comment for comment in line.comments if comment not in rate.comments])
    return text + _commented(line.comments, indent) + networks.broken(
        "{}{} = {}".format(indent, target, line.code or "None")) + "\n"


def _averages(captured):
    """Comments on moving averages of weights, which Keras starts in another way."""
    found = [average for average in assignments.moving_averages(captured)
             if average.of_variable]
    if not found:
        return []
    decay = "a decay that is computed" if found[0].decay is None else "decay {}".format(
        tensors.number(found[0].decay))
    if found[0].counter:
        decay += ", at most (1 + n) / (10 + n) with n from `{}`, which Keras has not".format(
            found[0].counter)
    return ["to be filled in: moving averages of {} variables, {}. They start at the first values; "
            "those of Keras (use_ema) start after the first step".format(len(found), decay)]


def _one(captured, network, optimizer):
    """Code of `build()` for one model with one optimiser."""
    loss = keras_losses.loss(captured, (optimizer.losses + (None,))[0], network.ends)
    lines = ["def build():", '    """Returns (model, loss, optimizer)."""',
             "    model = {}()".format(network.function)]
    text = "\n".join(lines) + "\n" + _commented(loss.comments)
    text += "    loss = {}\n".format(loss.code or "None")
    text += _optimizer(captured, optimizer, "optimizer")
    text += _commented(_averages(captured))
    return text + "    return model, loss, optimizer\n"


# ---- Several networks, optimisers or calls --------------------------------------------------


def _several(captured, found, optimizers, whole):
    """Code of `build()` for an object with `model` and `step(batch)`."""
    names = _attributes(optimizers)
    text = _models(found) + "\n\nclass Port:\n"
    text += '    """The networks, their optimizers, and a step that trains them."""\n\n'
    text += "    def __init__(self):\n        self.model = Networks()\n"
    for optimizer, name in zip(optimizers, names):
        text += _optimizer(captured, optimizer, "self." + name, " " * 8)
    text += "\n" + _step(captured, found, dict(zip(names, optimizers)), whole)
    return text + _BUILD


def _attributes(optimizers):
    if len(optimizers) == 1:
        return ["optimizer"]
    return ["optimizer_{}".format(index + 1) for index in range(len(optimizers))]


def _models(found):
    text = "class Networks(keras.Model):\n"
    text += '    """The trained networks, as one model whose variables have one name each."""\n\n'
    text += "    def __init__(self):\n        super().__init__()\n"
    for network in found:
        text += "        self.{} = {}()\n".format(network.name, network.function)
    return text


def _step(captured, found, optimizers, whole):
    """Code of `step(batch)`: comments on the calls of a step and their updates."""
    lines = ["    def step(self, batch):", '        """Trains on a batch; returns losses."""']
    lines += _later_inputs(whole)
    ends = [name for network in found for name in network.ends]
    number = 0
    for times, block in phases.folded(whole):
        lines += _comment("{} times:".format(times)) if times > 1 else []
        for phase in block:
            number += 1
            lines += _comment("{}. call{}:".format(
                number, "" if phase.count == 1 else ", {} times".format(phase.count)))
            for group in phase.updates:
                lines += _group(captured, found, optimizers, group, ends)
            if not phase.updates:
                lines += _moved(captured, found, phase.writes)
            then = "then " if phase.updates else ""
            lines += [line for clip in _clips(captured, phase.clips)
                      for line in _comment("  " + then + clip)]
    for comment in _averages(captured):
        lines += _comment(comment)
    lines.append('        raise NotImplementedError("to be filled in: the step")')
    return "\n".join(lines) + "\n"


def _later_inputs(whole):
    """Comment on how a batch holds what a later training call of the step is fed, if any is."""
    trained = [phase for phase in whole if phase.role == "train" for _ in range(phase.count)]
    later = [(number, name) for number, phase in enumerate(trained) if number
             for name in phase.fed if any(name in other.fed for other in trained[:number])]
    if not later:
        return []
    number, name = later[0]
    return _comment('batch["{0}"] is what the first call is fed; another value, fed to a later '
                    'call, is batch["{1}/{0}"]'.format(name.rpartition(":")[0], number))


def _comment(comment):
    return _commented([comment], "        ").rstrip("\n").split("\n")


def _group(captured, found, optimizers, group, ends):
    """Comments on the updates of one optimiser in a call: its loss, its variables."""
    applied = {update.operation for update in group}
    names = [name for name, optimizer in optimizers.items()
             if applied.intersection(update.operation for update in optimizer.updates)]
    variables = {update.variable for update in group}
    trained = [network.name for network in found if variables & set(network.variables)]
    lines = _comment("  self.{} updates {}".format(
        ", self.".join(names), ", ".join(trained) or ", ".join(sorted(variables)[:4])))
    for loss in group[0].losses or (None,):
        line = keras_losses.loss(captured, loss, ends)
        comments = line.comments or ["  with the loss {}".format(line.code)]
        lines += [each for comment in comments for each in _comment("  " + comment.strip())]
    return lines


def _moved(captured, found, written):
    """Comment on a call without update that moves averages, as one with `training=True` does."""
    scopes = {each.variable.rpartition("/")[0] for each in assignments.moving_averages(captured)
              if not each.of_variable and each.variable in written}
    names = ["self.model." + network.name for network in found if any(
        variable.rpartition("/")[0] in scopes for variable in network.variables)]
    return _comment("  moves averages: {}, called with training=True".format(
        " and ".join(names))) if names else []


def _clips(captured, clipped):
    """Comments on what a call clips, one for each kind and bounds."""
    found = collections.Counter(
        (other.kind, other.numbers) for other in assignments.others(captured)
        if other.kind in assignments.CLIPS and other.variable in clipped)
    words = {"clip": "weights", "slot clip": "slots of optimizers"}
    return ["{} are clipped to [{}]: {} of them".format(
        words[kind], ", ".join(map(tensors.number, numbers)), count)
            for (kind, numbers), count in found.items()]
