"""Changes of the clipping of gradients: by another rule or bound, or none."""

import tensorflow.compat.v1 as tf

from parity.causes import rewiring
from parity.causes.change import Change, Entry, number
from parity.common.rungs import GRADIENTS, UPDATE
from parity.reference.reading import layers
from parity.reference.reading import tensors

# {kind of clipping in the graph: the argument of Keras's optimisers}
_ARGUMENTS = {"clip by value": "clipvalue", "clip by norm": "clipnorm",
              "clip by global norm": "global_clipnorm"}


def _computed(place):
    """`{gradient as the optimiser takes it: gradient as computed}`.

    Of sparse ones, the rows of each use, before those of one row are added up.
    """
    return {_before_sum(place, update)[0]: update.computed[0] for update in place.updates()
            if len(update.computed) == 1}


def _before_sum(place, update):
    """Names of an update's gradient and, where its repeated rows are added up, of how.

    Returns:
      [gradient], or [gradient of each use, number of its row, count of rows], as tensors' names.
    """
    added = tensors.through(place.graph.tensor(update.gradient)).op
    return [given.name for given in added.inputs] if added.type == "UnsortedSegmentSum" else [
        update.gradient]


def clipping(place):
    """Yields gradients clipped otherwise, or not at all."""
    pairs = _computed(place)
    if _before_sum(place, place.own())[0] not in pairs:
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
        for words, function in _rules(bound):
            if not present or (present.kind, bound) != ("clip " + words, present.numbers[-1]):
                yield Change("clipping", "gradients are clipped {} {}, {}".format(
                    words, number(bound), reference), write, (_clipped(pairs, function),),
                             declared=config.get(_ARGUMENTS.get("clip " + words)) == bound)
        for change in _after_sum(place, pairs, bound, present, reference):
            yield change


def _rules(bound):
    """[(words, function of gradients that returns the clipped ones)]."""
    return [("by value", lambda every: [tf.clip_by_value(each, -bound, bound) for each in every]),
            ("by norm", lambda every: [tf.clip_by_norm(each, bound) for each in every]),
            ("by average norm", lambda every: [
                tf.clip_by_average_norm(each, bound) for each in every]),
            ("by global norm", lambda every: tf.clip_by_global_norm(every, bound)[0])]


def _after_sum(place, pairs, bound, present, reference):
    """Yields norms of gradients whose repeated rows were added up, in the place of each use's.

    Args:
      place: the `place.Place`.
      pairs: what `_computed` returns.
      bound: the norm.
      present: the reference's clipping, a `changes.Change`, or None.
      reference: words for it.
    """
    how = {update.computed[0]: _before_sum(place, update)[1:] for update in place.updates()
           if len(update.computed) == 1}

    def clipped(gradients):
        norm = tf.global_norm([tf.unsorted_segment_sum(each, *[
            each.graph.get_tensor_by_name(name) for name in how[each.name]])
                               if how[each.name] else each for each in gradients])
        return tf.clip_by_global_norm(gradients, bound, use_norm=norm)[0]
    rules = [("by norm", lambda every: [clipped([each])[0] for each in every]),
             ("by global norm", clipped)]
    for words, function in rules if any(how.values()) else ():
        same = present and (present.kind, bound) == ("clip " + words, present.numbers[-1])
        yield Change(
            "clipping", "gradients are clipped {} {} after repeated rows were added up, {}{}"
            .format(words, number(bound), reference, " before" if same else ""),
            "tf.{} before tf.convert_to_tensor in the optimiser's apply".format(
                present.kind.replace(" ", "_")) if same else _written(present),
            (_clipped(pairs, function),),
            declared=place.optimizer.get(_ARGUMENTS["clip " + words]) == bound)


def joint_norm(place):
    """Yields the norm of each of the two kernels that Keras makes of a recurrent cell's one."""
    pairs, rows = _computed(place), _rows_of_inputs(place)
    changes = [change for change in place.own().changes if change.kind == "clip by norm"]
    if not changes or not changes[0].numbers or _before_sum(place, place.own())[0] not in pairs:
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


# Few changes of a cell, and none without one, before the many of all clipping: time may run out.
ENTRIES = [
    Entry("norm of a cell", (GRADIENTS, UPDATE),
          "the norm of each of the two kernels that Keras makes of a recurrent cell's one",
          joint_norm, "tf.clip_by_global_norm([kernel's, recurrent_kernel's], ...)"),
    Entry("clipping", (GRADIENTS, UPDATE), "no clipping, or by value, norm or global norm, also "
          "after repeated rows were added up", clipping,
          "clipvalue=..., clipnorm=..., global_clipnorm=...")]
