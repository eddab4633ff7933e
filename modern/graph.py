"""The graph of a program for TensorBoard, under the names that the legacy wing's graph has.

Keras opens each layer's name scope twice (`generator_1/hidden1_1/MatMul`), the tape names backward
operations after forward ones, and a traced function takes variables as unnamed arguments. That is
undone here, in a copy that nobody runs.
"""

import functools

import tensorflow as tf

from groundwork import graph_names
from modern.program import Gradients, loss_gradients

_TAPE = "gradient_tape/"


def graph_def(program, update_variables, finish_step):
    """The operations of one forward pass, of all phases' updates and of sampling.

    The phases share the pass, as they do in a TensorFlow 1 graph, of which each Session.run takes
    the part that it needs.

    Args:
      program: a `modern.program.Program`.
      update_variables: function (phase, Gradients, options) that applies a phase's gradients.
      finish_step: function (program) that ends a step.
    """
    step = tf.function(
        functools.partial(_step, program, update_variables, finish_step), autograph=False)
    traced = step.get_concrete_function(_inputs(program)).graph
    definition = traced.as_graph_def(add_shapes=True)
    variables = _captured_variables(program, traced)
    updates = _updates_of_gradients(definition)
    layers = _LayerNames(program.model)
    names = {}
    for node in list(definition.node):
        if node.name.startswith(_TAPE) and node.name not in updates:
            definition.node.remove(node)  # drops gradients that no update uses
        elif node.name in variables:
            names[node.name], variable = variables[node.name]
            _show_variable(node, variable)
        elif node.name in updates:
            names[node.name] = (
                updates[node.name] + "/gradients/" + layers(node.name.removeprefix(_TAPE)))
        else:
            names[node.name] = layers(node.name)
            _forget_updates(node)
    graph_names.rename(definition, names)
    return definition


def _inputs(program):
    """`{input: TensorSpec}`: phases that take the same input share it."""
    return {key.split("/")[-1]: tf.TensorSpec(
        shape, program.model.dtype_policy.name, "inputs/" + key.split("/")[-1])
            for key, shape in program.inputs.items()}


def _step(program, update_variables, finish_step, inputs):
    with tf.GradientTape(persistent=True) as tape:
        losses = program.losses(inputs)
    for phase in program.phases:
        update_variables(phase, Gradients(losses, loss_gradients(tape, losses, phase)),
                         program.options)
    finish_step(program)
    fed = {key.split("/")[-1] for key in program.inputs if not key.startswith("sample/")}
    averaged = any(network.non_trainable_variables for network in program.model.layers)
    if averaged or not inputs.keys() <= fed:  # else samples are what the generator gives above
        program.outputs["samples"](inputs)


def _captured_variables(program, traced):
    """`{node: (name to draw, variable)}`; slots lie in `train`, as `tf.train` names them."""
    drawn = {variable.path: variable for variable in program.model.variables}
    for phase in program.phases:
        for update in phase.updates:
            slots = {variable.path.replace("/", "_") + "_": variable.path
                     for variable in update.variables}
            for value in update.optimizer.variables:
                prefix = next((prefix for prefix in slots if value.name.startswith(prefix)), "")
                owner = slots.get(prefix, f"{phase.name}/{update.loss}")
                drawn[f"train/{owner}/{value.name.removeprefix(prefix)}"] = value
    by_handle = {id(variable.handle): (name, variable) for name, variable in drawn.items()}
    return {inside.op.name: by_handle[id(outside)] for outside, inside in traced.captures
            if id(outside) in by_handle}


def _show_variable(node, variable):
    """Makes the argument of a traced function the variable that it stands for."""
    node.op = "VarHandleOp"
    node.attr.clear()
    node.attr["dtype"].type = tf.as_dtype(variable.dtype).as_datatype_enum
    node.attr["shape"].shape.CopyFrom(tf.TensorShape(variable.shape).as_proto())


def _forget_updates(node):
    """Removes the edges that make sampling wait for the updates in a traced function.

    In TensorFlow 1 no operation outside of `train` waits for it: another Session.run samples.
    """
    if not node.name.startswith("train/"):
        kept = [source for source in node.input if not source.startswith("^train/")]
        del node.input[:]
        node.input.extend(kept)


def _updates_of_gradients(definition):
    """`{backward operation: "train/<phase>/<loss>"}`, by the update that uses its gradient."""
    sources = {node.name: [graph_names.node_of(reference) for reference in node.input]
               for node in definition.node}
    updates = {}
    for name in sources:
        if not name.startswith("train/"):
            continue
        waiting = [name]
        while waiting:
            for source in sources[waiting.pop()]:
                if source.startswith(_TAPE) and source not in updates:
                    updates[source] = "/".join(name.split("/")[:3])
                    waiting.append(source)
    return updates


class _LayerNames:
    """Names without Keras's numbers: the second use of a network is `discriminator_1/flat`."""

    def __init__(self, model):
        self._tree = {model.name: _layer_tree(model), **_layer_tree(model)}
        self._outermost = model.name
        self._uses = {}  # {scope with the layer's name: scopes that Keras opened for it, in order}

    def __call__(self, name):
        scope, drawn, layers = [], [], self._tree
        parts = name.split("/")
        while parts:
            layer = _without_number(parts[0], layers)
            if layer is None:
                break
            scope.append(parts.pop(0))
            layers = layers[layer]
            if layer == self._outermost and not drawn:
                continue
            uses = self._uses.setdefault("/".join(drawn + [layer]), [])
            if scope not in uses:
                uses.append(list(scope))
            number = uses.index(scope)
            drawn.append(f"{layer}_{number}" if number else layer)
        return "/".join(drawn + parts)


def _layer_tree(layer):
    """`{layer: its layers}`, by names."""
    return {inner.name: _layer_tree(inner) for inner in getattr(layer, "layers", [])}


def _without_number(scope, layers):
    """The layer that Keras opened a scope for, or None."""
    stem, _, number = scope.rpartition("_")
    return scope if scope in layers else stem if number.isdigit() and stem in layers else None
