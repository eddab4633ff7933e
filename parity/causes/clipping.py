"""Changes of the clipping of gradients: by another rule or bound, or none."""

import tensorflow.compat.v1 as tf

from parity.causes import clipped_rows
from parity.causes import rewiring
from parity.causes.change import Change, Entry, number
from parity.common.rungs import GRADIENTS, UPDATE
from parity.reference.reading import layers

# {kind of clipping in the graph: the argument of Keras's optimisers}
_ARGUMENTS = {"clip by value": "clipvalue", "clip by norm": "clipnorm",
              "clip by global norm": "global_clipnorm"}
# (function that gives the rows whose norms are taken, when, when a reference takes the others')
_ROWS = ((clipped_rows.added_up, "after repeated rows were", "before"),
         (clipped_rows.each_use, "before repeated rows are", "after"))


def _computed(place):
    """`{gradient as the optimiser takes it: gradient as computed}`.

    Of sparse ones, the rows of each use, before those of one row are added up.
    """
    return {clipped_rows.uses(place, update)[0]: update.computed[0] for update in place.updates()
            if len(update.computed) == 1}


def clipping(place):
    """Yields gradients clipped otherwise, or not at all."""
    pairs = _computed(place)
    if clipped_rows.uses(place, place.own())[0] not in pairs:
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
        for change in _of_rows(place, pairs, bound, present, reference):
            yield change


def _rules(bound):
    """[(words, function of gradients that returns the clipped ones)]."""
    return [("by value", lambda every: [tf.clip_by_value(each, -bound, bound) for each in every]),
            ("by norm", lambda every: [tf.clip_by_norm(each, bound) for each in every]),
            ("by average norm", lambda every: [
                tf.clip_by_average_norm(each, bound) for each in every]),
            ("by global norm", lambda every: tf.clip_by_global_norm(every, bound)[0])]


def _of_rows(place, pairs, bound, present, reference):
    """Yields norms of gradients whose repeated rows are added up before, or only afterwards.

    Args:
      place: the `place.Place`.
      pairs: what `_computed` returns.
      bound: the norm.
      present: the reference's clipping, a `changes.Change`, or None.
      reference: words for it.
    """
    for rows_of, when, turned in _ROWS:
        rows = rows_of(place, pairs.values())
        for words, rule in _by_norms(bound, rows) if rows else ():
            same = present and (present.kind, bound) == ("clip " + words, present.numbers[-1])
            yield Change(
                "clipping", "gradients are clipped {} {} {} added up, {}{}".format(
                    words, number(bound), when, reference, " " + turned if same else ""),
                "tf.{} {} tf.convert_to_tensor in the optimiser's apply".format(
                    present.kind.replace(" ", "_"), turned) if same else _written(present),
                (_clipped(pairs, rule),),
                declared=place.optimizer.get(_ARGUMENTS["clip " + words]) == bound)


def _by_norms(bound, rows):
    """[(words, function of gradients that clips them by norms of other rows)].

    Args:
      bound: the norm.
      rows: function of gradients that returns those whose norms are taken.
    """
    def clipped(gradients):
        return tf.clip_by_global_norm(gradients, bound, use_norm=tf.global_norm(rows(gradients)))[0]
    return [("by norm", lambda every: [clipped([each])[0] for each in every]),
            ("by global norm", clipped)]


def joint_norm(place):
    """Yields the norm of each of the two kernels that Keras makes of a recurrent cell's one."""
    pairs, rows = _computed(place), _rows_of_inputs(place)
    changes = [change for change in place.own().changes if change.kind == "clip by norm"]
    if not changes or not changes[0].numbers or (
            clipped_rows.uses(place, place.own())[0] not in pairs):
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
          "after or before repeated rows are added up", clipping,
          "clipvalue=..., clipnorm=..., global_clipnorm=...")]
