"""What a TensorFlow 1 graph declares as the start of each variable, and draws from it."""

import numpy as np
import tensorflow.compat.v1 as tf

DRAWS = 20000


_UNIFORM = (("low", "min"), ("high", "max"))
_NORMAL = (("mean", "mean"), ("stddev", "stddev"))
_KINDS = (
    ("random_uniform", "uniform", _UNIFORM),
    ("stateless_random_uniform", "uniform", _UNIFORM),
    ("random_normal", "normal", _NORMAL),
    ("stateless_random_normal", "normal", _NORMAL),
    ("truncated_normal", "truncated_normal", _NORMAL),
    ("stateless_truncated_normal", "truncated_normal", _NORMAL),
)


def _number(op):
    return float(tf.make_ndarray(op.get_attr("value")))


def _operations(graph, variable):
    scope = variable.op.name + "/Initializer/"
    return {op.name[len(scope):]: op for op in graph.get_operations()
            if op.name.startswith(scope)}


def declared(graph, variable):
    """`{"kind", ...numbers}` of a variable's initialiser, read from its operations.

    Kinds: uniform (low, high), normal and truncated_normal (mean, stddev), constant, other.
    """
    operations = _operations(graph, variable)
    for stem, kind, numbers in _KINDS:
        found = {key: operations.get("{}/{}".format(stem, name)) for key, name in numbers}
        # The last operation of all: a user's own initialiser may go on from such a draw.
        if operations.get(stem) is variable.initial_value.op and all(found.values()):
            return dict({key: _number(op) for key, op in found.items()}, kind=kind)
    random = any("random" in name.lower() or "normal" in name.lower() for name in operations)
    return {"kind": "other" if random else "constant"}


def draws(graph, session, variable, description):
    """At least `DRAWS` values of a random initialiser, one array of a constant one."""
    # tf-keras draws statelessly: the same at every run, unless its seed is another one.
    seeds = [op.outputs[0] for name, op in _operations(graph, variable).items()
             if name.endswith("/seed")]
    values = []
    while not values or (description["kind"] != "constant" and sum(map(len, values)) < DRAWS):
        feed = {seed: [len(values), 1] for seed in seeds}
        values.append(session.run(variable.initial_value, feed).ravel())
    return np.concatenate(values)[:DRAWS].astype(np.float64)
