"""Changes of gradients: their scale, clipping, weight decay, and where they are stopped."""

import tensorflow.compat.v1 as tf

from parity.causes import normalisation
from parity.causes import rewiring
from parity.causes.change import Change, Entry, number
from parity.common.rungs import GRADIENTS, UPDATE
from parity.reference.reading import layers

# {kind of clipping in the graph: the argument of Keras's optimisers}
_ARGUMENTS = {"clip by value": "clipvalue", "clip by norm": "clipnorm",
              "clip by global norm": "global_clipnorm"}


def _computed(place):
    """`{gradient as the optimiser takes it: gradient as computed}`; of sparse ones the rows."""
    return {update.gradient: update.computed[0] for update in place.updates()
            if len(update.computed) == 1}


def scale(place):
    """Yields gradients that are a multiple of the reference's: all, or that of one variable."""
    if not place.ratio:
        return
    factor = float("{:.6g}".format(place.ratio))
    words = {place.batch: "summed over the batch of {}, in the reference averaged",
             1.0 / (place.batch or 1): "averaged over the batch of {}, in the reference summed"}
    known = next((text.format(place.batch) for value, text in words.items()
                  if abs(factor - value) <= 1e-5 * value), None)
    names = [update.gradient for update in place.updates()]
    yield Change("scale of gradients", "gradients are {}".format(known) if known else (
        "gradients are {} times the reference's".format(number(factor))),
                 "the loss, or the gradients, divided by {}".format(number(factor)),
                 (rewiring.substituted(names, lambda old: old * factor),))
    yield Change("scale of gradients", "the gradient of {} is {} times the reference's".format(
        place.target, number(factor)), "the gradient divided by {}".format(number(factor)),
                 (rewiring.substituted([place.own().gradient], lambda old: old * factor),))


def clipping(place):
    """Yields gradients clipped otherwise, or not at all."""
    pairs = _computed(place)
    if place.own().gradient not in pairs:
        return
    changes = [change for change in place.own().changes if change.kind.startswith("clip")]
    present = changes[0] if changes else None
    bounds = {float(abs(value)) for change in changes for value in change.numbers}
    config = place.optimizer
    bounds.update(float(config[key]) for key in _ARGUMENTS.values() if config.get(key))
    reference = "in the reference {}".format("{} {}".format(
        present.kind[len("clip "):], number(present.numbers[-1]))
                                             if present and present.numbers else "not")
    write = _written(present)
    if present:
        yield Change("clipping", "gradients are not clipped, {}".format(reference), write,
                     (_clipped(pairs, lambda every: every),), declared=bool(config) and not any(
                         config.get(key) for key in _ARGUMENTS.values()))
    for bound in sorted(bounds):
        for words, function in (
                ("by value", lambda every, bound=bound: [
                    tf.clip_by_value(each, -bound, bound) for each in every]),
                ("by norm", lambda every, bound=bound: [
                    tf.clip_by_norm(each, bound) for each in every]),
                ("by average norm", lambda every, bound=bound: [
                    tf.clip_by_average_norm(each, bound) for each in every]),
                ("by global norm", lambda every, bound=bound: tf.clip_by_global_norm(
                    every, bound)[0])):
            if not present or (present.kind, bound) != ("clip " + words, present.numbers[-1]):
                yield Change("clipping", "gradients are clipped {} {}, {}".format(
                    words, number(bound), reference), write, (_clipped(pairs, function),),
                             declared=config.get(_ARGUMENTS.get("clip " + words)) == bound)


def joint_norm(place):
    """Yields the norm of each of the two kernels that Keras makes of a recurrent cell's one."""
    pairs, rows = _computed(place), _rows_of_inputs(place)
    changes = [change for change in place.own().changes if change.kind == "clip by norm"]
    if not changes or not changes[0].numbers or place.own().gradient not in pairs:
        return
    bound = changes[0].numbers[-1]
    inputs = {update.computed[0]: rows[update.variable] for update in place.updates()
              if update.gradient in pairs and update.variable in rows}

    def each_part(every):
        return [tf.concat([tf.clip_by_norm(part, bound) for part in (
            gradient[:inputs[gradient.name]], gradient[inputs[gradient.name]:])], 0)
                if gradient.name in inputs else tf.clip_by_norm(gradient, bound)
                for gradient in every]
    if inputs:
        yield Change(
            "norm of a cell", "the gradients of a cell's kernel and recurrent kernel are clipped "
            "by norm {} each, in the reference both together".format(number(bound)),
            "tf.clip_by_global_norm([kernel's, recurrent_kernel's], {})".format(number(bound)),
            (_clipped(pairs, each_part),))


def _rows_of_inputs(place):
    """`{kernel: number of its rows that the inputs are multiplied with}` of recurrent cells."""
    return {layer.variables["kernel"]: layer.shape[0] - layer.settings["units"]
            for layer in layers.read(place.captured)
            if layer.kind in ("LSTM cell", "RNN cell") and "kernel" in layer.variables}


def _written(change):
    """The code of a clipping in Keras."""
    if change is None or not change.numbers:
        return "no clipping"
    return "{}={}".format(_ARGUMENTS[change.kind], number(change.numbers[-1])) if (
        change.kind in _ARGUMENTS) else "tf.clip_by_average_norm in train_step"


def _clipped(pairs, function):
    """The edit that clips gradients by another rule.

    Args:
      pairs: `{gradient as the optimiser takes it: gradient as computed}`.
      function: function of a list of gradients that returns the clipped ones.
    """
    def edit(graph_def):
        graph = rewiring.imported(graph_def)
        before = {op.name for op in graph.get_operations()}
        given = [name for name in pairs if name.partition(":")[0] in before]
        with graph.as_default(), tf.name_scope("parity_cause_clip/"):
            plain = [graph.get_tensor_by_name(pairs[name]) for name in given]
            with tf.control_dependencies(plain):
                made = {name: tf.identity(value).op.name
                        for name, value in zip(given, function(plain))}
        return rewiring.in_place(graph.as_graph_def(), made, before)
    return edit


def stopped(place):
    """Yields a gradient that is stopped at a layer, or one that is no longer stopped."""
    for op in place.upstream():
        if op.type in ("StopGradient", "PreventGradient"):
            yield Change("stopped gradient", "the gradient is not stopped where the reference "
                         "stops it{}".format(_at(place, op)), "ops.stop_gradient(...)",
                         (rewiring.of_another_type([op.name], "Identity"),), True)
    for name, tensor in place.outputs().items():
        if tensor.consumers():
            yield Change("stopped gradient", "the gradient is stopped at {}".format(name),
                         "no ops.stop_gradient there",
                         (rewiring.substituted([tensor.name], tf.stop_gradient),), True)


def _at(place, op):
    """Words for the line that made an operation, where it is known."""
    line = place.line(op)
    return ", in " + line if line else ""


def decay(place):
    """Yields weight decay in the gradients that is lost, halved or doubled."""
    for change in place.own().changes:
        for factor, words in ((0.0, "lost"), (0.5, "halved"), (2.0, "doubled")):
            if change.kind == "weight decay" and change.numbers:
                yield Change("weight decay", "weight decay is {}".format(words),
                             "the reference's weight decay",
                             (_decayed(place, change.numbers[0] * (factor - 1.0)),))


def _decayed(place, share):
    """The edit that adds a share of the variable to its gradient."""
    update = place.own()

    def make(old):
        return old + share * normalisation.read(
            old.graph.get_operation_by_name(update.variable))
    return rewiring.substituted([update.gradient], make)


# Few changes of a cell, and none without one, before the many of all clipping: time may run out.
ENTRIES = [
    Entry("norm of a cell", (GRADIENTS, UPDATE),
          "the norm of each of the two kernels that Keras makes of a recurrent cell's one",
          joint_norm, "tf.clip_by_global_norm([kernel's, recurrent_kernel's], ...)"),
    Entry("clipping", (GRADIENTS, UPDATE), "no clipping, or by value, norm or global norm",
          clipping, "clipvalue=..., clipnorm=..., global_clipnorm=..."),
    Entry("scale of gradients", (GRADIENTS,), "a sum for a mean, or another multiple", scale,
          "the loss divided"),
    Entry("weight decay", (GRADIENTS,), "lost, halved, doubled", decay, "kernel_regularizer=..."),
    Entry("stopped gradient", (GRADIENTS,),
          "a gradient stopped at a layer, or one no longer stopped", stopped,
          "ops.stop_gradient(...)")]
