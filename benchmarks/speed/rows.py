"""The rows of the benchmark: a model at a batch size, and who takes part."""

import argparse
from typing import NamedTuple, Optional

from groundwork import models

# Contestants by their names in the table, in its order.
NAMES = {
    "legacy": "legacy",
    "modern": "modern",
    "keras_fit": "Keras fit",
    "torch_eager": "PyTorch eager",
    "torch_compile": "PyTorch compiled",
    "limit": "machine's limit",
    "inputs": "inputs alone",
}
TORCH = ("torch_eager", "torch_compile")
# Models with the same networks in `torch_models`, whose products are counted.
OLDER = ("mlp_gan", "vae", "bgd_gan", "dense_gan", "wgan", "dcgan")
# Two data sets: `keras_fit` has one.
TRANSLATIONS = ("cycle_gan", "multimodal_gan")
DENSE_SIZES = (32, 128)
# How a step grows, measured of both wings alone: with the batch, and with the width of the layers,
# {model: ((batch size, flags), ...)}.
GROWN = {"mlp_gan": ((512, ()),),
         "recurrent_gan": ((32, (("hidden_units", 200),)), (32, (("hidden_units", 400),)))}
_SIZES = {"bgd_gan": (None,), "dcgan": (32,), "attention_gan": (32,),
          "cycle_gan": (8,), "multimodal_gan": (8,)}


class Row(NamedTuple):
    """A model at a batch size."""

    model: str
    batch_size: Optional[int]  # None for the whole data set
    flags: tuple = ()  # ((flag, value), ...) of other hyper-parameters

    def __str__(self):
        return ", ".join([self.model, f"batch {self.batch_size or 'full'}",
                          *(f"{flag} {value}" for flag, value in self.flags)])

    def kinds(self, with_torch):
        """The contestants of this row, as `NAMES` has them."""
        if (self.batch_size, self.flags) in GROWN.get(self.model, ()):
            return ["legacy", "modern"]
        absent = set() if self.model in OLDER and with_torch else set(TORCH)
        if self.model not in OLDER:
            absent.add("limit")
        if self.model in TRANSLATIONS:
            absent.add("keras_fit")
        return [kind for kind in NAMES if kind not in absent]


def chosen(names):
    """The rows of these models, all where `names` is "all".

    Args:
      names: with commas between.

    Raises:
      argparse.ArgumentTypeError: there is no model of a name.
    """
    wanted = list(models.MODELS) if names == "all" else names.split(",")
    for name in wanted:
        if name not in models.MODELS:
            raise argparse.ArgumentTypeError(
                f"expected all, or names of {', '.join(models.MODELS)} with commas between, "
                f"received {name}")
    return [row for model in wanted for row in (
        *(Row(model, size) for size in _SIZES.get(model, DENSE_SIZES)),
        *(Row(model, *grown) for grown in GROWN.get(model, ())))]


def add_flags(parser):
    """Adds the flags that choose rows and how long they are measured to an argument parser."""
    parser.add_argument("--model", type=chosen, default="all", metavar="NAMES", dest="rows",
                        help="models with commas between, or all, which is the default")
    parser.add_argument("--short", action="store_true",
                        help="take a few steps only: for errors, not for figures")
