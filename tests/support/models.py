"""One table of all models and variants, over which the batteries of tests run.

A new model adds its rows here, and is then trained, sampled, resumed, drawn and compared.
"""

from typing import Dict, NamedTuple, Tuple

import pytest

from groundwork import hyperparameters
from groundwork.data import datasets
from groundwork.data import domains

# Of the models that translate images: networks of milliseconds a step.
SMALL = {"image_format": "16x16", "filters": 4}
PARTS = ("discriminator/real", "discriminator/generated")
GAN_LOSSES = ("generator", "discriminator")
CRITIC_LOSSES = ("discriminator",) + PARTS + ("generator",)
VAE_LOSSES = ("vae", "vae/reconstruction", "vae/divergence")

GAN = ("inputs", "generator", "discriminator", "discriminator_1", "losses", "train")
NO_REAL_IMAGE = tuple(box for box in GAN if box != "discriminator_1")
SAMPLED = GAN + ("generator_1",)  # batch norm samples by moving averages, in a pass of its own
CYCLE = ("inputs", "batches", "generator_a", "generator_a_1", "generator_a_2", "generator_a_3",
         "generator_b", "generator_b_1", "generator_b_2", "generator_b_3",
         "discriminator_a", "discriminator_a_1", "discriminator_a_2",
         "discriminator_b", "discriminator_b_1", "discriminator_b_2",
         "pool_a", "pool_b", "samples", "losses", "train")
MULTIMODAL = ("inputs", "encoder", "encoder_1", "z", "generator", "generator_1", "generator_2",
              "discriminator", "discriminator_1", "discriminator_drawn", "discriminator_drawn_1",
              "samples", "losses", "train")
VAE = ("inputs", "encoder", "z", "decoder", "losses", "decoder_1", "samples", "train")

G_PARTS = ("generator/adversarial", "generator/information")
INFO_LOSSES = GAN_LOSSES + PARTS + G_PARTS + ("discriminator/information",)
INFO_LOSSES_BY_PHASE = ("generator",) + G_PARTS + ("discriminator",) + PARTS + (
    "discriminator/information",)
CYCLE_LOSSES = ("generators", "generators/adversarial", "generators/cycle", "generators/identity",
                "discriminators", "discriminators/real", "discriminators/generated")
CYCLE_OUTPUTS = tuple("output/{}_{}".format(kind, domain) for domain in "ab"
                      for kind in ("real", "generated"))
MULTIMODAL_LOSSES = (
    "generator", "generator/adversarial", "generator/autoencoded", "generator/reconstruction",
    "generator/latent", "encoder", "encoder/divergence", "discriminator", "discriminator/real",
    "discriminator/generated")
MULTIMODAL_OUTPUTS = tuple("output/" + kind for kind in (
    "real_autoencoded", "autoencoded", "real_drawn", "drawn"))
OUTPUTS = ("output/real", "output/generated")
INFORMATION = OUTPUTS + ("information/classes", "information/codes")


class Example(NamedTuple):
    """A model, or a variant of one, and what its runs hold.

    Attributes:
      model: its name.
      flags: `{flag: value}` beside --model.
      losses: columns of metrics.csv after the step.
      boxes: top-level scopes of its graph.
      metrics: tags of its display metrics.
      display_outputs: names of its display outputs.
      cheap: True where a step takes milliseconds, False where it takes seconds.
    """

    model: str
    flags: Dict[str, str]
    losses: Tuple[str, ...]
    boxes: Tuple[str, ...] = GAN
    metrics: Tuple[str, ...] = OUTPUTS
    display_outputs: Tuple[str, ...] = ()
    cheap: bool = True

    @property
    def name(self):
        """The model and the values of its flags."""
        return "-".join([self.model] + [str(value) for value in self.flags.values()])

    @property
    def updates(self):
        """The losses that an optimiser follows."""
        return [loss for loss in self.losses if "/" not in loss]

    def arguments(self):
        """The command-line words of a training binary."""
        return ["--model=" + self.model] + [
            "--{}={}".format(*pair) for pair in self.flags.items()]

    def hparams(self, batch_size, **values):
        """Its hyper-parameters with a batch size and other values."""
        return hyperparameters.make(
            self.model, dict(self.flags, batch_size=batch_size, **values))

    def data(self):
        """The digits as the model takes them: images of its shape, or numbers."""
        hparams = self.hparams(1)
        return domains.with_second(datasets.load("digits", hparams.image_shape), hparams)


def _gan_variants(model, corrected_losses, written_losses, **written):
    for phases in ("simultaneous", "alternating"):
        yield Example(model, {"variant": "corrected", "phases": phases}, corrected_losses)
        yield Example(model, {"variant": "as_written", "phases": phases}, written_losses, **written)


ALL = {example.name: example for example in [
    *_gan_variants("mlp_gan", GAN_LOSSES + PARTS, GAN_LOSSES,
                   boxes=NO_REAL_IMAGE, metrics=("output/generated",)),
    *_gan_variants("bgd_gan", GAN_LOSSES + PARTS, GAN_LOSSES,
                   metrics=("output/generated", "output/ones")),
    *_gan_variants("dense_gan", GAN_LOSSES + PARTS, GAN_LOSSES + PARTS),
    Example("vae", {"variant": "corrected"}, VAE_LOSSES, VAE, (),
            ("codes", "reconstructions")),
    Example("vae", {"variant": "as_written"}, VAE_LOSSES, VAE, (),
            ("codes", "reconstructions")),
    Example("wgan", {"n_critic": 2}, CRITIC_LOSSES),
    Example("wgan", {"n_critic": 2, "gradient_penalty": 10.0},
            CRITIC_LOSSES[:-1] + ("discriminator/penalty", "generator")),
    Example("wgan", {"n_critic": 2, "networks": "dcgan"}, CRITIC_LOSSES, SAMPLED, cheap=False),
    Example("recurrent_gan", {"sequence": "rows"}, GAN_LOSSES + PARTS),
    Example("recurrent_gan", {"attention": "steps"}, GAN_LOSSES + PARTS),
    Example("dcgan", {}, GAN_LOSSES + PARTS, SAMPLED, cheap=False),
    Example("attention_gan", {}, GAN_LOSSES + PARTS, SAMPLED, OUTPUTS, ("attention",), False),
    Example("attention_gan", {"image_size": 64, "phases": "simultaneous"}, GAN_LOSSES + PARTS,
            SAMPLED, OUTPUTS, ("attention",), False),
    # The smaller graph comes first.
    Example("cycle_gan", dict(SMALL, pool_size=4, translator="unet"), CYCLE_LOSSES, CYCLE,
            CYCLE_OUTPUTS, ("reconstructions",), cheap=False),
    Example("cycle_gan", dict(SMALL, pool_size=4, residual_blocks=1), CYCLE_LOSSES, CYCLE,
            CYCLE_OUTPUTS, ("reconstructions",), cheap=False),
    Example("multimodal_gan", dict(SMALL), MULTIMODAL_LOSSES, MULTIMODAL, MULTIMODAL_OUTPUTS,
            ("codes", "reconstructions"), cheap=False),
    Example("dcgan", {"architecture": "d2", "generator_loss": "gat"}, GAN_LOSSES + PARTS, SAMPLED,
            cheap=False),
    Example("conditional_gan", {}, GAN_LOSSES + PARTS),
    Example("conditional_gan", {"networks": "dcgan"}, GAN_LOSSES + PARTS, SAMPLED, cheap=False),
    Example("info_gan", {}, INFO_LOSSES, metrics=INFORMATION),
    Example("info_gan", {"phases": "alternating"}, INFO_LOSSES_BY_PHASE, metrics=INFORMATION),
]}
CHEAP = [example for example in ALL.values() if example.cheap]


def parameters(examples):
    """`pytest.param`s of examples, all but the first of each model slow."""
    seen = set()
    for example in examples:
        slow = [pytest.mark.slow] if example.model in seen else []
        seen.add(example.model)
        yield pytest.param(example, marks=slow, id=example.name)
