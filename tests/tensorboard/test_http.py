"""What TensorBoard's server answers for runs of both wings; a status of 400 or above raises."""

import csv
import io
import urllib.error

from google.protobuf import text_format
import numpy as np
from PIL import Image
import pytest
from tensorboard.compat.proto import graph_pb2

from groundwork import hyperparameters

WINGS = ("legacy", "modern")
MODELS = ("mlp_gan", "vae")
STEPS = list(range(1, 11))
IMAGE_STEPS = [5, 10]
LOSSES = {
    "mlp_gan": {"generator", "discriminator", "discriminator/real", "discriminator/generated"},
    "vae": {"vae", "vae/reconstruction", "vae/divergence"},
}
TRAINED = {"mlp_gan": ("generator", "discriminator"), "vae": ("vae",)}
BOXES = {
    "mlp_gan": {"inputs", "generator", "discriminator", "discriminator_1", "losses", "train"},
    # The decoder's second use decodes noise into samples.
    "vae": {"inputs", "encoder", "z", "decoder", "decoder_1", "samples", "losses", "train"},
}
IMAGES = {"mlp_gan": {"samples/image"}, "vae": {"samples/image", "reconstructions/image"}}
CODE = 20  # width

each_model = pytest.mark.parametrize("model", MODELS)
each_run = pytest.mark.parametrize("wing,model", [(w, m) for w in WINGS for m in MODELS])


def run_name(wing, model):
    """The folder of the event files below the log directory is TensorBoard's name of the run."""
    return "{}/{}/events".format(wing, model)


RUNS = [run_name(wing, model) for wing in WINGS for model in MODELS]


def operations(server, wing, model):
    """[name of an operation] of the run's graph."""
    graph = graph_pb2.GraphDef()
    text_format.Parse(server.read("plugin/graphs/graph", run=run_name(wing, model)), graph)
    return [node.name for node in graph.node]


def boxes(names, inside=""):
    """What the Graphs page draws as boxes on the first level, or inside the box `inside/`."""
    inner = [name[len(inside):] for name in names if name.startswith(inside)]
    return {name.split("/")[0] for name in inner if "/" in name}


def tags(server, plugin, wing, model):
    return set(server.json("plugin/{}/tags".format(plugin))[run_name(wing, model)])


def test_runs_are_the_folders_of_the_event_files(server):
    assert sorted(server.json("runs")) == RUNS


def test_an_absent_page_is_an_error_here(server):
    with pytest.raises(urllib.error.HTTPError):
        server.read("plugin/graphs/graph", run="none")


def test_every_run_has_one_graph(server):
    information = server.json("plugin/graphs/info")
    assert {run: entry["run_graph"] for run, entry in information.items()} == dict.fromkeys(
        RUNS, True)


@each_model
def test_legacy_shows_time_and_memory_of_one_step(server, model):
    run = run_name("legacy", model)
    profiles = [tag for tag, entry in server.json("plugin/graphs/info")[run]["tags"].items()
                if entry["profile"]]
    assert profiles
    for tag in profiles:
        metadata = server.read("plugin/graphs/run_metadata", run=run, tag=tag).decode()
        assert "all_end_rel_micros" in metadata


@each_run
def test_graph_opens_on_the_boxes_of_the_program(server, wing, model):
    names = operations(server, wing, model)
    assert boxes(names) == BOXES[model]
    assert [name for name in names if "/" not in name] == []


@each_model
def test_boxes_hold_the_same_layers_in_both_wings(server, document_shapes, model):
    legacy, modern = (operations(server, wing, model) for wing in WINGS)
    networks = {name.split("/")[0] for name in document_shapes[model]}
    for network in networks:
        layers = {name.split("/")[1] for name in document_shapes[model]
                  if name.startswith(network + "/")}
        assert boxes(legacy, network + "/") >= layers
        assert boxes(modern, network + "/") == boxes(legacy, network + "/")


@each_run
def test_scalars_are_the_tags_of_the_model(server, wing, model):
    expected = {"steps_per_second"} | {"loss/" + name for name in LOSSES[model]}
    expected |= {"optimizer/" + kind + "/" + loss for kind in ("gradient_norm", "learning_rate")
                 for loss in TRAINED[model]}
    if model == "mlp_gan":
        expected |= {"output/real", "output/generated"}
    assert tags(server, "scalars", wing, model) == expected


@each_run
def test_losses_are_those_of_metrics_csv(server, log_directory, wing, model):
    with open(log_directory / wing / model / "metrics.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for name in LOSSES[model]:
        points = server.json("plugin/scalars/scalars", run=run_name(wing, model),
                             tag="loss/" + name)
        assert [step for _, step, _ in points] == STEPS
        np.testing.assert_array_equal(np.float32([value for _, _, value in points]),
                                      np.float32([row[name] for row in rows]))


@each_run
def test_images_are_the_sample_grids(server, log_directory, wing, model):
    assert tags(server, "images", wing, model) == IMAGES[model]
    for tag in IMAGES[model]:
        listed = server.json("plugin/images/images", run=run_name(wing, model), tag=tag, sample=0)
        assert [image["step"] for image in listed] == IMAGE_STEPS
        for image in listed:
            shown = Image.open(io.BytesIO(server.read("plugin/images/individualImage",
                                                      blob_key=image["query"].split("=", 1)[1])))
            if tag == "samples/image":
                stored = log_directory / wing / model / "samples" / "step_{:08d}.png".format(
                    image["step"])
                np.testing.assert_array_equal(np.asarray(shown), np.asarray(Image.open(stored)))


@each_run
def test_histograms_are_the_variables(server, document_shapes, wing, model):
    assert tags(server, "histograms", wing, model) == {
        "weights/" + name for name in document_shapes[model]}


@each_model
def test_text_is_there_in_both_wings(server, model):
    names = {wing: tags(server, "text", wing, model) for wing in WINGS}
    assert names["legacy"] == names["modern"] != set()
    for wing in WINGS:
        for tag in names[wing]:
            written = server.json("plugin/text/text", run=run_name(wing, model), tag=tag)
            assert [entry["text"].strip() != "" for entry in written] == [True]


def test_hparams_are_one_table_of_both_wings(server):
    groups = server.json("plugin/hparams/session_groups", {
        "experimentName": "", "startIndex": 0, "sliceSize": 100, "colParams": [],
        "allowedStatuses": ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_FAILURE",
                            "STATUS_RUNNING"]})["sessionGroups"]
    assert sorted(session["name"] for group in groups for session in group["sessions"]) == RUNS
    rows = {group["sessions"][0]["name"]: group["hparams"] for group in groups}
    for model in MODELS:
        made = hyperparameters.make(model, {})
        for wing in WINGS:
            row = rows[run_name(wing, model)]
            assert (row["wing"], row["model"], row["batch_size"]) == (wing, model, made.batch_size)


def test_projector_shows_the_codes_of_the_autoencoders(server):
    assert server.active("projector")
    runs = server.json("plugin/projector/runs")
    assert sorted(runs) == [run_name(wing, "vae") for wing in WINGS]
    for run in runs:
        embedding, = server.json("plugin/projector/info", run=run)["embeddings"]
        points, width = embedding["tensorShape"]
        assert (points > 0, width) == (True, CODE)
        name = embedding["tensorName"]
        codes = np.frombuffer(server.read("plugin/projector/tensor", run=run, name=name), "<f4")
        assert np.isfinite(codes).all() and codes.size == points * width
        labels = server.read("plugin/projector/metadata", run=run, name=name).decode()
        assert set(labels.split()) <= set("0123456789")
        assert len(labels.splitlines()) == points
        sprite = Image.open(io.BytesIO(
            server.read("plugin/projector/sprite_image", run=run, name=name)))
        side = embedding["sprite"]["singleImageDim"]
        assert (sprite.width // side[0]) * (sprite.height // side[1]) >= points
