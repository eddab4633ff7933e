"""Measures what translations of images keep, and in what they differ.

    python -m benchmarks.translation_quality --run_dir=RUN

Of cycle_gan: a classifier of scikit-learn for each domain, trained on half of its real images,
reads the translations of the other half of the other domain: the part counts whose digit is the one
that was translated. The run has seen these images, but no label.

Of multimodal_gan, on --dataset_b=edges_of_painted: the mean difference of two outputs of one input,
beside that of the real image painted in the colours of other rows; and how alike the edges are, by
the correlation of Sobel's slopes with those of the real image.
"""

import argparse
import sys

import numpy as np

from benchmarks.class_quality import classifier
from benchmarks.generated import refusals, samples
from groundwork import stored_data
from groundwork import stored_run
from groundwork.data import datasets
from groundwork.data import domains
from groundwork.errors import UsageError
from groundwork.models.translation import Domains
from parity import command_line


def _parser():
    parser = command_line.Parser(prog="benchmarks.translation_quality", description=__doc__,
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run_dir", required=True, metavar="DIR",
                        help="run of cycle_gan or multimodal_gan")
    parser.add_argument("--count", type=command_line.count, default=500, metavar="N",
                        help="images; default: 500")
    return parser


def main(argv):
    """Prints the figures of a run that translates images."""
    given = _parser().parse_args(argv)
    with refusals():
        for line in _lines(given):
            print(line, flush=True)
    return 0


def _lines(given):
    """Yields the measured figures in words."""
    measures = {"cycle_gan": _cycle_lines, "multimodal_gan": _multimodal_lines}
    identity, hparams = stored_run.read(given.run_dir)
    if identity["model"] not in measures:
        raise UsageError("--run_dir={}: expected a run of cycle_gan or multimodal_gan, received "
                         "one of {}".format(given.run_dir, identity["model"]))
    dataset = stored_data.dataset(given.run_dir, identity, hparams)
    yield from measures[identity["model"]](given, dataset)


def _translated(run_dir, images, images_b, **others):
    """Samples, a row for each pair of images: [count, columns, ...]."""
    def batch_of(hparams, dtype):
        batch = {"images": images, "images_b": images_b, **others}
        return {"sample/" + name: value.astype(dtype) for name, value in batch.items()
                if name in hparams.sample_inputs()}
    made = samples(run_dir, batch_of)
    return made.reshape((len(images), -1) + made.shape[1:])


def _cycle_lines(given, dataset):
    """Yields the parts that are read right, by direction."""
    sides = Domains(dataset, dataset.second)
    if any(each.labels is None for each in sides):
        raise UsageError("--run_dir={}: expected domains with labels, received one without".format(
            given.run_dir))
    halves = [len(each.images) // 2 for each in sides]
    count = min(given.count, *halves)
    tried = [datasets.scaled(each.images[half:half + count])
             for each, half in zip(sides, halves)]
    labels = [each.labels[half:half + count] for each, half in zip(sides, halves)]
    readers = [classifier(datasets.scaled(each.images[:half]), each.labels[:half])
               for each, half in zip(sides, halves)]
    rows = _translated(given.run_dir, *tried)
    for name, column, reader, asked in (
            ("real images of A", 0, 0, 0), ("A translated to B", 1, 1, 0), ("and back", 2, 0, 0),
            ("real images of B", 3, 1, 1), ("B translated to A", 4, 0, 1), ("and back", 5, 1, 1)):
        read = readers[reader].predict(rows[:, column].reshape(count, -1))
        yield "{}: {:.1%} read right".format(name, np.mean(read == labels[asked]))


def pairwise(outputs):
    """Mean absolute difference of two outputs of one input; outputs are [count, several, ...]."""
    several = outputs.shape[1]
    pairs = [(one, other) for one in range(several) for other in range(one)]
    return float(np.mean([np.abs(outputs[:, one] - outputs[:, other]).mean()
                          for one, other in pairs]))


def alike(images, others):
    """Mean correlation of the slopes of brightness of images with those of others, in pairs."""
    slopes = [np.sqrt(domains.slopes(each)).reshape(len(each), -1) for each in (images, others)]
    centred = [each - each.mean(axis=1, keepdims=True) for each in slopes]
    sizes = np.linalg.norm(centred[0], axis=1) * np.linalg.norm(centred[1], axis=1)
    return float(np.mean(np.sum(centred[0] * centred[1], axis=1) / np.maximum(sizes, 1e-12)))


def _multimodal_lines(given, dataset):
    """Yields differences of outputs and likeness of edges, beside those of real images."""
    if dataset.second.name != "edges_of_painted":
        raise UsageError("--run_dir={}: expected --dataset_b=edges_of_painted, whose real images "
                         "can be painted anew, received {}".format(
                             given.run_dir, dataset.second.name))
    count = min(given.count, len(dataset.images))
    hparams = stored_run.read(given.run_dir).hparams
    several, size = hparams.sample_inputs()["styles"]
    styles = np.random.default_rng(0).standard_normal((count, several, size))
    real = datasets.scaled(dataset.images[:count])
    rows = _translated(given.run_dir, real, datasets.scaled(dataset.second.images[:count]),
                       styles=styles)
    outputs = rows[:, 2:]
    plain = dataset.images.source[:count]
    repainted = np.stack([
        datasets.scaled(domains.painted(plain, np.arange(count) + count * (1 + turn)))
        for turn in range(several)], axis=1)
    made, painted = pairwise(outputs), pairwise(repainted)
    yield ("difference of two outputs of one input: {:.3f}, of two paintings of one image: {:.3f}, "
           "ratio {:.2f}".format(made, painted, made / painted))
    yield "edges: outputs {:.2f}, paintings {:.2f}, the image before {:.2f}".format(
        np.mean([alike(outputs[:, turn], real) for turn in range(several)]),
        np.mean([alike(repainted[:, turn], real) for turn in range(several)]),
        alike(np.roll(real, 1, axis=0), real))


if __name__ == "__main__":
    sys.exit(command_line.run("benchmarks.translation_quality", main))
