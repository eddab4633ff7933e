"""Changes of an Adam that a program writes as assignments, as BERT does."""

from typing import NamedTuple, Optional

import numpy as np
import tensorflow.compat.v1 as tf

from parity.causes import normalisation
from parity.causes import rewiring
from parity.causes.change import Change, Entry, number
from parity.common.rungs import STATE, TRAINING, UPDATE
from parity.reference.reading import parts
from parity.reference.reading import tensors
from parity.reference.reading import updates

_NAME = "hand-written Adam"
_BETAS = (0.0, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999)
_DECAYS = (0.1, 0.01, 0.001, 0.0001)


class _Rule(NamedTuple):
    """variable - rate * (m / (sqrt(v) + epsilon) + decay * variable), with moments m and v.

    Attributes:
      beta1, beta2: decays of the moments.
      epsilon: the number beside the root.
      weight_decay: None where the weights do not decay.
      inside: True where epsilon is added below the root.
    """

    beta1: float
    beta2: float
    epsilon: float
    weight_decay: Optional[float] = None
    inside: bool = False

    def values(self, old, gradient, rate):
        """`{"": variable, "m": ..., "v": ...}` after a step.

        Args:
          old: the same, before it.
          gradient: the gradient.
          rate: the learning rate, times the bias correction if there is one.
        """
        m = _mixed(self.beta1, old["m"], gradient)
        v = _mixed(self.beta2, old["v"], tf.square(gradient))
        epsilon = _constant(self.epsilon)
        step = m / (tf.sqrt(v + epsilon) if self.inside else tf.sqrt(v) + epsilon)
        if self.weight_decay is not None:
            step += _constant(self.weight_decay) * old[""]
        return {"": old[""] - rate * step, "m": m, "v": v}


def _constant(value):
    return tf.constant(float("{:.7g}".format(value)), tf.float32)


def _mixed(beta, old, new):
    return _constant(beta) * old + _constant(1.0 - beta) * new


def _of(update):
    """The `_Rule` of an `Update`."""
    return _Rule(**{name: update.constants.get(name) for name in _Rule._fields[:4]})


def changes(place):
    """Yields the rule with other numbers, another decay, or another bias correction."""
    own = place.own()
    if own is None or not own.kind.startswith(_NAME):
        return
    written = [update for update in updates.read(place.captured) if update.kind == own.kind]
    for name, argument, others in (("epsilon", "epsilon", normalisation.EPSILONS),
                                   ("beta1", "beta_1", _BETAS), ("beta2", "beta_2", _BETAS)):
        present, ours = own.constants[name], place.optimizer.get(argument)
        for other in dict.fromkeys([ours] + list(others)):
            if isinstance(other, (int, float)) and other != present:
                yield _change("the optimiser's {} is {}, in the reference {}".format(
                    argument, number(other), number(present)),
                    "{}={}".format(argument, number(present)), place, written,
                    lambda rule, name=name, other=other: rule._replace(**{name: other}),
                    other == ours)
    yield _change("epsilon is added before the square root, in the reference after it",
                  "sqrt(v) + epsilon", place, written, lambda rule: rule._replace(inside=True))
    yield from _of_decay(place, written)
    yield from _corrected(place, written)


def _change(sentence, write, place, written, turned, declared=False):
    """The `Change` after which all updates follow another rule.

    Args:
      sentence, write, declared: as in a `Change`.
      place: the `place.Place`.
      written: the `Update`s.
      turned: function of the reference's `_Rule` that returns the other.
    """
    rules = [(update, turned(_of(update))) for update in written]
    return Change(_NAME, sentence, write, (_edit(place.graph, rules),), declared=declared)


def _of_decay(place, written):
    """Yields the rule with the weights decayed otherwise: not, by another share, or all of them."""
    found = [update.constants.get("weight_decay") for update in written]
    present = next((decay for decay in found if decay), None)
    told = "in the reference {}".format("by {} times the rate".format(number(present))
                                        if present else "not")
    write = "weight_decay={}".format(number(present) if present else None)
    if present:
        yield _change("no weights decay, " + told, write, place, written,
                      lambda rule: rule._replace(weight_decay=None))
    if present and None in found:
        yield _change("all variables decay, in the reference only some of them",
                      "exclude_from_weight_decay(...)", place, written,
                      lambda rule: rule._replace(weight_decay=present))
    ours = place.optimizer.get("weight_decay")
    for other in dict.fromkeys([ours] + list(_DECAYS)):
        if other and other != present:
            yield _change(
                "weights decay by {} times the rate, {}".format(number(other), told), write, place,
                written, lambda rule, other=other: rule._replace(weight_decay=other)
                if rule.weight_decay or not present else rule, other == ours)


def _edit(graph, rules):
    """The edit after which variables and slots are assigned what other rules give.

    Args:
      graph: the `parity.reference.reading.structure.Structure`.
      rules: [(`Update`, `_Rule`)].
    """
    written = {tensors.variable_of(op.inputs[0]): op.name for op in graph.operations
               if op.type in parts.WRITES}
    names = [{"": update.variable, "m": update.slots["m"], "v": update.slots["v"]}
             for update, _ in rules]
    rates = [updates.applied_rate(graph, update).name for update, _ in rules]
    less = [graph.graph.get_operation_by_name(update.operation).type.startswith("AssignSub")
            for update, _ in rules]

    def edit(graph_def):
        edited, made = rewiring.imported(graph_def), {}
        before = {op.name for op in edited.get_operations()}
        with edited.as_default(), tf.name_scope("parity_cause_rule/"):
            for (update, rule), of, rate, is_less in zip(rules, names, rates, less):
                old = {role: normalisation.read(edited.get_operation_by_name(name))
                       for role, name in of.items()}
                new = rule.values(old, edited.get_tensor_by_name(update.gradient),
                                  edited.get_tensor_by_name(rate))
                new[""] = old[""] - new[""] if is_less else new[""]
                made[update.operation] = new.pop("").op.name
                made.update((written[of[role]], value.op.name) for role, value in new.items())
        graph_def.node.extend(node for node in edited.as_graph_def().node
                              if node.name not in before)
        for node in graph_def.node:
            if node.name in made:
                node.input[1] = made[node.name]
        return graph_def
    return edit


def _corrected(place, written):
    """Yields the rule with Adam's bias correction, epsilon before or after it."""
    counter = place.own().rate.source if place.own().rate else None
    if "without" not in place.own().kind or (
            place.captured.variables.get(counter, {}).get("dtype", "")[:3] != "int"):
        return
    for words, after in (("", False), (", epsilon added after it", True)):
        # Keras takes powers of a beta that is rounded to float32, in float64, too.
        for raised in (float, np.float32):
            def finish(before, found, after=after, raised=raised):
                return {update.variable: _corrected_value(
                    update, before, found, [float(raised(update.constants[beta])) ** (
                        int(before[counter]) + 1) for beta in ("beta1", "beta2")], after)
                        for update in written if update.variable in before}
            yield Change(_NAME, "the bias of the moments is corrected{}, in the reference not"
                         .format(words), "m / (sqrt(v) + epsilon), as the reference has it",
                         finish=finish)


def _corrected_value(update, before, after, powers, epsilon_after):
    """A variable after a step with bias correction, from that without.

    Args:
      update: the `Update`.
      before, after: `{name: array}` around the reference's step.
      powers: those of both betas.
      epsilon_after: True where epsilon is added after the correction.
    """
    rule = _of(update)
    start, m, v = before[update.variable], after[update.slots["m"]], after[update.slots["v"]]
    decayed = (rule.weight_decay or 0.0) * start
    step = m / (np.sqrt(v) + rule.epsilon) + decayed
    rate = np.sum((start - after[update.variable]) * step) / max(np.sum(step * step), 1e-300)
    root = np.sqrt(1.0 - powers[1])
    epsilon = rule.epsilon * root if epsilon_after else rule.epsilon
    corrected = m * root / (1.0 - powers[0]) / (np.sqrt(v) + epsilon)
    return start - rate * (corrected + decayed)


ENTRIES = [Entry(_NAME, (UPDATE, STATE, TRAINING), "of Adam as assignments: betas, epsilon and its "
                 "place, decay of none, all or by another number, bias correction", changes,
                 "the reference's number or formula")]
