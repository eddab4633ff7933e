"""Transfer learning (D3 §3.5): which variables a run takes from another, and which it freezes.

A scope is one or more whole parts of a name: `encoder` holds `encoder/hidden1/kernel`, `enc` does
not. Several stand in one text with commas between.
"""

import os
import re
from typing import Any, Dict, List, NamedTuple, Tuple

from absl import logging

from groundwork import initial_weights
from groundwork.errors import UsageError
from groundwork.run import checkpoint_files
from groundwork.run.directory import holds_run, read_config

# What goes with weights though nothing trains it: state of batch norm and of spectral norm.
NORMALISATION = ("/moving_mean", "/moving_variance", "/u")

_SCOPE = re.compile(r"[\w.-]+(/[\w.-]+)*")
# How `tf.train.Checkpoint` names the value of what it calls by an escaped name.
_OBJECT_VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
_OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"


class WarmStart(NamedTuple):
    """A warm start that was asked for."""

    given: str  # the flag
    paths: Tuple[str, ...]  # prefixes of checkpoints, absolute, newest first
    scopes: str  # only variables under these; "": all


class Weights(NamedTuple):
    """Weights of a checkpoint with which a run begins."""

    given: str
    path: str  # prefix of the checkpoint
    values: Dict[str, Any]  # {variable: array}
    not_there: List[str]  # variables that the checkpoint lacks
    other_scopes: List[str]  # variables that were not asked for

    def lines(self):
        """Yields a line on the variables that were loaded, and one on each group that was not."""
        step = step_of(self.path)
        yield "warm start: {} variables of {}{}".format(
            len(self.values), self.given, "" if step is None else " at step {}".format(step))
        for group, names in [("not there", self.not_there), ("other scopes", self.other_scopes)]:
            if names:
                yield "warm start: {}: {}".format(group, ", ".join(names))

    def record(self):
        """The same for config.json."""
        return {"checkpoint": self.path, "step": step_of(self.path), "loaded": sorted(self.values),
                "not_there": self.not_there, "other_scopes": self.other_scopes}


def parse_scopes(text):
    """Scopes in one order and each once; ValueError when one is no path of whole parts."""
    scopes = text.split(",") if text else []
    if not all(_SCOPE.fullmatch(scope) for scope in scopes):
        raise ValueError(text)
    return ",".join(sorted(set(scopes)))


def under(name, scopes):
    """True where a variable lies under one of the scopes."""
    return any(scope and (name + "/").startswith(scope + "/") for scope in scopes.split(","))


def step_of(path):
    """The step in the name of a checkpoint, `model.ckpt-2000`; None when there is none."""
    match = re.search(r"-(\d+)$", path)
    return int(match.group(1)) if match else None


def require(flag, scopes, names):
    """Raises UsageError unless every scope holds one of a model's variables."""
    for scope in scopes.split(",") if scopes else []:
        if not any(under(name, scope) for name in names):
            tops = sorted({name.split("/")[0] for name in names})
            raise UsageError("--{}={}: expected scopes of the model's variables ({}, or below "
                             "these), received \"{}\", which holds none".format(
                                 flag, scopes, ", ".join(tops), scope))


def require_one_left(scopes, loss, variables):
    """Raises UsageError when --freeze leaves the update that follows a loss no variable."""
    if not variables:
        raise UsageError("--freeze={}: expected a variable left to the update that follows the "
                         "loss \"{}\", received none".format(scopes, loss))


def warm_start(given, scopes, model, begun_with=None):
    """The `WarmStart` that the flags ask for, None for no --warm_start; needs no TensorFlow.

    Args:
      given: --warm_start, a run directory of either wing or the prefix of a checkpoint.
      scopes: --warm_start_scopes.
      model: --model; a run directory has to be one of it.
      begun_with: the checkpoint that a run which is resumed was started from. It stays that one,
        though its own run went on since, or is gone.

    Raises:
      UsageError: neither is there, or the run is another model's or has no checkpoint.
    """
    if not given:
        if scopes:
            raise UsageError("--warm_start_scopes={}: expected with --warm_start, received without "
                             "it".format(scopes))
        return None
    path = os.path.realpath(given)
    if begun_with and path in (begun_with, os.path.dirname(os.path.dirname(begun_with))):
        return WarmStart(given, (begun_with,), scopes)
    if os.path.isfile(path + ".index"):
        return WarmStart(given, (path,), scopes)
    if not holds_run(path):
        raise UsageError("--warm_start={}: expected a run directory, or a checkpoint without its "
                         "ending such as model.ckpt-2000, received {}".format(
                             given, "a folder that is no run" if os.path.isdir(path) else
                             "a file" if os.path.exists(path) else "a path that does not exist"))
    return WarmStart(given, _checkpoints_of_run(given, path, model), scopes)


def _checkpoints_of_run(given, path, model):
    stored = read_config(path)["identity"].get("model")
    if stored != model:
        raise UsageError("--warm_start={}: expected a run of --model={}, received one of {}".format(
            given, model, stored))
    paths = checkpoints(path)
    if not paths:
        raise UsageError("--warm_start={}: expected a run with a checkpoint, received one that has "
                         "written none".format(given))
    return paths


def checkpoints(run_dir):
    """Prefixes of a run's checkpoints, newest first, whichever wing wrote them."""
    found = checkpoint_files.steps(os.path.join(run_dir, "checkpoints"))
    return tuple(reversed(list(found.values())))


def stored_names(keys):
    """`{variable: key}` of what a checkpoint holds, under the names that Keras gives.

    Args:
      keys: as `tf.train.Saver` or `tf.train.Checkpoint` writes them; the latter has "." for an
        escape: "encoder.Shidden1.Skernel" is encoder/hidden1/kernel.
    """
    names = {}
    for key in set(keys) - {_OBJECT_GRAPH}:
        name = key
        if key.endswith(_OBJECT_VALUE):
            name = re.sub(r"\.(.)", _unescaped, key[:-len(_OBJECT_VALUE)])
        names[initial_weights.keras_name(name)] = key
    return names


def _unescaped(escape):
    return "/" if escape.group(1) == "S" else "."


class Match(NamedTuple):
    """Variables of a model and a checkpoint, by name."""

    keys: Dict[str, str]  # {variable to load: its key in the checkpoint}
    not_there: List[str]
    other_scopes: List[str]


def match(asked, wanted, stored):
    """The variables that are loaded, and those that are not.

    Args:
      asked: a `WarmStart`.
      wanted: `{variable of the model: shape}`.
      stored: `{key in the checkpoint: shape}`.

    Raises:
      UsageError: a scope holds no variable, a shape does not fit, or no variable is there.
    """
    require("warm_start_scopes", asked.scopes, wanted)
    chosen = [name for name in wanted if not asked.scopes or under(name, asked.scopes)]
    keys = stored_names(stored)
    there = {name: keys[initial_weights.keras_name(name)] for name in chosen
             if initial_weights.keras_name(name) in keys}
    for name, key in there.items():
        if list(stored[key]) != list(wanted[name]):
            raise UsageError("--warm_start={}: expected {} of shape {}, received {}".format(
                asked.given, name, list(wanted[name]), list(stored[key])))
    if not there:
        raise UsageError("--warm_start={}: expected a checkpoint with variables such as {}, "
                         "received one with {}".format(asked.given, min(chosen), (
                             "others such as " + keys[min(keys)] if keys else "none")))
    return Match(there, sorted(set(chosen) - set(there)), sorted(set(wanted) - set(chosen)))


def pass_over(asked, path, error):
    """Warns of a checkpoint that cannot be read; UsageError when there is none before it."""
    if path == asked.paths[-1]:
        raise UsageError("--warm_start={}: expected a whole checkpoint, received {} that cannot be "
                         "read ({})".format(asked.given, len(asked.paths), type(error).__name__))
    logging.warning("%s: not a whole checkpoint (%s); trying the one before",
                    path, type(error).__name__)
