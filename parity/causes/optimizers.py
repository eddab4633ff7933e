"""Changes of an optimiser: its constants, rule, count of updates, rate and weight decay."""

import numpy as np
import tensorflow.compat.v1 as tf

from parity.causes import rewiring
from parity.causes.applied import Applied
from parity.causes.change import Change, Entry, number
from parity.causes.normalisation import EPSILONS
from parity.common.rungs import STATE, TRAINING, UPDATE
from parity.reference import edits
from parity.reference.reading import tensors

# {input of an apply operation: the argument in Keras}
_ARGUMENTS = {"beta1": "beta_1", "beta2": "beta_2", "epsilon": "epsilon", "rho": "rho",
              "momentum": "momentum", "l1": "l1_regularization_strength",
              "l2": "l2_regularization_strength", "lr_power": "learning_rate_power",
              "l2_shrinkage": "l2_shrinkage_regularization_strength"}
# Betas, momenta and rhos in common use.
_DECAYS = (0.0, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999)


def constants(place):
    """Yields each constant of the optimiser as another one, the port's first."""
    applied = Applied(place)
    for update in applied.updates[:1]:
        for name, present in update.constants.items():
            argument = _ARGUMENTS.get(name)
            if not argument or name not in applied.inputs:
                continue
            others = [place.optimizer.get(argument)]
            others += list(EPSILONS) if name == "epsilon" else list(_DECAYS)
            for other in dict.fromkeys(others):
                if isinstance(other, (int, float)) and other != present:
                    # Keras takes powers of a beta that is rounded to float32, in float64, too.
                    raised = (other, np.float32(other)) if name.startswith("beta") else (other,)
                    for given in raised:
                        yield _constant(applied, update, name, argument, present, float(other),
                                        float(given), other == place.optimizer.get(argument))


def _constant(applied, update, name, argument, present, other, raised, declared):
    """The `Change` of a constant.

    Args:
      applied: the `Applied`.
      update: one of its updates.
      name: name of the operations' input; argument: name of Keras's argument.
      present: the reference's number; other: the other number.
      raised: the other number as its powers are taken, of a beta.
      declared: True where the port's optimiser has the other number.
    """
    made = [applied.given(name, lambda old: tf.constant(other, tf.float32))]
    if name + "_power" in applied.inputs:
        made.append(applied.given(name + "_power", lambda old: _power(old, present, raised)))
    return Change("optimiser's constant", "{}'s {} is {}, in the reference {}".format(
        update.kind, argument, number(other), number(present)),
                  "{}={}".format(argument, number(present)), tuple(made), declared=declared)


def _power(power, present, other):
    """The power of another beta after the same number of updates, from that of the present beta."""
    updates = tf.round(tf.log(tf.identity(power)) / tf.log(tf.constant(present, tf.float32)))
    return tf.pow(tf.cast(tf.constant(other, tf.float64), updates.dtype), updates)


def rate(place):
    """Yields another learning rate: the port's, or a multiple."""
    own = place.own()
    if own is None or own.rate is None or not own.rate.tensor:
        return
    present, other = own.rate.numbers.get("value"), place.optimizer.get("learning_rate")
    known = isinstance(other, (int, float)) and present is not None and other != present
    if known:
        yield Change("learning rate", "the learning rate is {}, in the reference {}".format(
            number(other), number(present)), "learning_rate={}".format(number(present)),
                     (rewiring.substituted(
                         [own.rate.tensor], lambda old: tf.constant(other, tf.float32)),),
                     declared=True)
    if place.ratio and not (known and abs(other - place.ratio * present) <= 1e-5 * other):
        factor = float("{:.6g}".format(place.ratio))
        short = float("{:.1g}".format(factor))  # the measured ratio holds the port's epsilon, too
        factor = short if abs(short - factor) <= 1e-4 * abs(short) else factor
        yield Change("learning rate", "the learning rate is {} times the reference's".format(
            number(factor)), "the reference's learning rate",
                     (rewiring.substituted([own.rate.tensor], lambda old: old * factor),))


def rule(place):
    """Yields other rules: Nesterov's momentum or plain, not centred, other bias corrections."""
    applied = Applied(place)
    if "use_nesterov" in applied.attributes and applied.updates:
        present = "Nesterov" in applied.updates[0].kind
        yield Change("Nesterov", "momentum is {}, in the reference {}".format(
            *(("plain", "Nesterov's") if present else ("Nesterov's", "plain"))),
                     "nesterov={}".format(present), tuple(
                         edits.attribute(name, "use_nesterov", not present)
                         for name in applied.operations))
    if "mg" in applied.inputs:
        yield Change("centred", "RMSProp is not centred, in the reference it is", "centered=True",
                     (_not_centred(applied),))
    if "beta1_power" in applied.inputs:
        betas = applied.updates[0].constants
        for words, power in (("one step ahead", 1), ("one step behind", -1)):
            if "beta1" in betas and "beta2" in betas:
                yield Change(
                    "count of updates", "the optimiser counts {} in its bias correction".format(
                        words), "iterations as the reference counts them: from 0",
                    tuple(applied.given(name + "_power", _times(betas[name] ** power))
                          for name in ("beta1", "beta2")))
        yield Change("bias correction", "there is no bias correction", "keras.optimizers.Adam(...)",
                     tuple(applied.given(name, tf.zeros_like)
                           for name in ("beta1_power", "beta2_power")))
        yield Change("bias correction", "epsilon is added after the bias correction",
                     "keras.optimizers.Adam(...), which adds it before",
                     (_corrected_epsilon(applied),))


def _not_centred(applied):
    """The edit that makes centred RMSProp plain, which takes no mean gradient."""
    def edit(graph_def):
        for node in graph_def.node:
            if node.name in applied.operations:
                node.op = node.op.replace("Centered", "")
                del node.input[applied.inputs.index("mg")]
        return graph_def
    return edit


def _times(factor):
    return lambda old: old * factor


def _corrected_epsilon(applied):
    """The edit that adds Adam's epsilon after the bias correction."""
    place = applied.inputs.index("beta2_power")

    def edit(graph_def):
        graph = rewiring.imported(graph_def)
        powers = {name: graph.get_operation_by_name(name).inputs[place].name
                  for name in applied.operations}
        for name, power in powers.items():
            graph_def = rewiring.given_instead(
                [name], applied.inputs.index("epsilon"), lambda old, power=power: old * tf.sqrt(
                    1.0 - tf.identity(old.graph.get_tensor_by_name(power))))(graph_def)
        return graph_def
    return edit


def decay(place):
    """Yields weight decay beside the gradient: the port's, where the reference has another."""
    own, share = place.own(), place.optimizer.get("weight_decay") or 0.0
    rate_ = own.rate.numbers.get("value") if own and own.rate else None
    if not rate_:
        return
    names = [update.variable for update in place.updates()]
    present = _shrinking(place, names) or {0.0}
    if len(present) > 1 or abs(min(present) - rate_ * share) <= 1e-9 * rate_:
        return
    taken = min(present)

    def finish(before, after):
        return {name: after[name] - (rate_ * share - taken) * before[name]
                for name in names if name in before}
    yield Change("decoupled weight decay", "the optimiser takes {} times the rate of each weight "
                 "away, in the reference {}".format(number(share), number(taken / rate_)),
                 "weight_decay={}".format(number(taken / rate_) if taken else None), finish=finish,
                 declared=True)


def _shrinking(place, names):
    """The shares of their value that variables lose beside their updates, a set of numbers."""
    found = set()
    for op in place.graph.operations:
        if op.type in ("AssignSub", "AssignSubVariableOp") and (
                tensors.variable_of(op.inputs[0]) in names):
            product = tensors.with_constant(op.inputs[1].op)
            if product and op.inputs[1].op.type == "Mul" and tensors.variable_of(
                    product[0]) == tensors.variable_of(op.inputs[0]):
                found.add(product[1])
    return found


ENTRIES = [
    Entry("optimiser's constant", (UPDATE, STATE, TRAINING), "betas, epsilon, momentum, rho, l1, "
          "l2 as the port has them, or as others do", constants,
          "epsilon=..., beta_1=..., momentum=..."),
    Entry("Nesterov", (UPDATE, STATE, TRAINING), "Nesterov's momentum for plain momentum", rule,
          "nesterov=..."),
    Entry("centred", (UPDATE, STATE, TRAINING), "RMSProp that is not centred", rule,
          "centered=True"),
    Entry("count of updates", (UPDATE, STATE, TRAINING), "t one step ahead or behind", rule,
          "iterations from 0"),
    Entry("bias correction", (UPDATE, STATE, TRAINING), "none, or epsilon after it", rule,
          "keras.optimizers.Adam(...)"),
    Entry("decoupled weight decay", (UPDATE, TRAINING), "decay beside the gradient", decay,
          "weight_decay=..."),
    Entry("learning rate", (UPDATE, TRAINING), "the port's rate, or a multiple of the reference's",
          rate, "learning_rate=...")]
