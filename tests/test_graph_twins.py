"""TensorBoard draws the same boxes for both wings, and the same operations in them."""

import collections
import importlib

import legacy.graph
import legacy.training
import modern.graph
import modern.training
import pytest
import tensorflow as tf

from groundwork import hyperparameters
from parity.graph import boxes
from parity.graph import comparison
from tests.support import models

# Variables, what reads them, constants and arithmetic on shapes.
NOT_COMPARED = {"AssignVariableOp", "BroadcastTo", "Cast", "Const", "Fill", "Identity", "Pack",
                "Prod", "ReadVariableOp", "Shape", "StridedSlice", "VarHandleOp",
                "VarIsInitializedOp"}

LOOPS = {"lstm"}


def legacy_graph(model, hparams):
    with tf.Graph().as_default():
        program = importlib.import_module("legacy.models." + model).program(hparams, "float32")
        legacy.training.make_phases(program)
        return legacy.graph.graph_def()


def modern_graph(model, hparams, **options):
    build = importlib.import_module("modern.models." + model).program
    program = build(hparams, "float32", **options)
    return modern.graph.graph_def(
        program, modern.training.update_variables, modern.training.finish_step)


def top_level(graph_def):
    return {node.name.split("/")[0] for node in graph_def.node}


def shape(node):
    return str(node.attr["_output_shapes"].list.shape[0])


def forward(graph_def, box):
    """{layer: Counter of (operation, shape of its output)}; z has no layers but operations.

    Without loops, which TensorFlow 1 draws operation by operation and TensorFlow 2 as one.
    """
    layers = collections.defaultdict(collections.Counter)
    for node in graph_def.node:
        scope, _, rest = node.name.partition("/")
        if scope == box and node.op not in NOT_COMPARED and "/Initializer/" not in rest:
            layers[rest.split("/")[0]][node.op, shape(node)] += 1
    return {layer: operations for layer, operations in layers.items() if layer not in LOOPS}


@pytest.mark.parametrize("example", models.parameters(models.ALL.values()))
def test_both_wings_draw_the_same_forward_pass_in_the_same_boxes(example):
    hparams = example.hparams(8)
    ours, reference = modern_graph(example.model, hparams), legacy_graph(example.model, hparams)
    assert top_level(ours) == top_level(reference) == set(example.boxes)
    # The tape writes the gradient in a penalty in other operations than tf.gradients.
    left_out = {"losses"} if "gradient_penalty" in example.flags else set()
    if example.cheap:  # tf-slim writes convolutions and batch norms in other operations
        for box in set(example.boxes) - {"inputs", "train"} - left_out:
            assert forward(reference, box), box
            assert forward(ours, box) == forward(reference, box), box
    pairs = comparison.pair_boxes(boxes.boxes(reference), boxes.boxes(ours))
    assert {pair.name for pair in pairs} - {"inputs"} == set(example.boxes) - {"inputs", "train"}
    assert [(pair.name, layer.name) for pair in pairs for layer in pair.layers
            if layer.verdict != comparison.SAME and layer.name not in LOOPS
            and pair.name not in left_out] == []


@pytest.mark.parametrize("wing", [legacy_graph, modern_graph])
def test_the_first_discriminator_sees_the_real_images(wing):
    graph_def = wing("mlp_gan", hyperparameters.make("mlp_gan", {}))
    by_name = {node.name: node for node in graph_def.node}
    flats = [next(node for node in graph_def.node
                  if node.op == "Reshape" and node.name.startswith(box + "/flat"))
             for box in ("discriminator", "discriminator_1")]
    assert flats[0].input[0] == "inputs/images"
    assert flats[1].input[0].startswith("generator/images")
    assert all(by_name[name].op == "Placeholder" for name in ("inputs/images", "inputs/noise"))


@pytest.mark.parametrize("wing", [legacy_graph, modern_graph])
@pytest.mark.parametrize("phases,scopes", [
    ("simultaneous", {"train/joint/generator", "train/joint/discriminator"}),
    ("alternating", {"train/generator/generator", "train/discriminator/discriminator"})])
def test_gradients_lie_with_the_update_that_they_are_for(wing, phases, scopes):
    graph_def = wing("mlp_gan", hyperparameters.make("mlp_gan", {"phases": phases}))
    backward = [node for node in graph_def.node if node.op in ("BiasAddGrad", "LeakyReluGrad")]
    assert {"/".join(node.name.split("/")[:3]) for node in backward} == scopes
    assert {node.name.split("/")[3] for node in backward} == {"gradients"}
    # G's gradient goes through D(G(z)) and all of G, D's through D twice.
    count = collections.Counter(
        (node.name.split("/")[2], node.op) for node in backward)
    assert count["generator", "LeakyReluGrad"] == 6
    assert count["discriminator", "LeakyReluGrad"] == 6
    assert count["discriminator", "BiasAddGrad"] == 8


@pytest.mark.parametrize("wing", [legacy_graph, modern_graph])
def test_variables_are_drawn_in_their_layers_and_slots_are_not(wing, document_shapes):
    graph_def = wing("mlp_gan", hyperparameters.make("mlp_gan", {}))
    drawn = {node.name: tuple(dimension.size for dimension in node.attr["shape"].shape.dim)
             for node in graph_def.node if node.op == "VarHandleOp"}
    weights = {name: size for name, size in drawn.items() if not name.startswith("train/")}
    assert weights == document_shapes["mlp_gan"]
    slots = [name for name in drawn if name.startswith(("train/generator/hidden1/kernel/"))]
    assert len(slots) == 2
    assert all(drawn[name] == (100, 128) for name in slots)


def test_keras_own_optimizers_are_drawn_in_train_too():
    hparams = hyperparameters.make("vae", {})
    assert top_level(modern_graph("vae", hparams, stock_optimizers=True)) == set(models.VAE)


def test_what_a_schedule_sees_of_the_loss_is_drawn_beside_the_update():
    hparams = hyperparameters.make("vae", {"schedule": "plateau"})
    drawn = []
    for graph_def in (legacy_graph("vae", hparams), modern_graph("vae", hparams)):
        drawn.append(collections.Counter(
            node.op.replace("V2", "") for node in graph_def.node
            if "/plateau/" in node.name and node.name.startswith("train/vae/vae")
            and node.op not in NOT_COMPARED | {"NoOp", "ZerosLike"}))
    assert drawn[0] == drawn[1]
    assert drawn[0]["Select"] == 7
