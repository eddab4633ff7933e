"""Hyper-parameters: one frozen dataclass a model, defaults from its document.

What a document leaves open is chosen here and marked "our choice". A model also declares what its
phases are fed (`phase_inputs`) and what it is sampled from (`sample_inputs`), because batches are
made where no TensorFlow runs.
"""

import dataclasses
from typing import Optional, Union

from groundwork import optimizers
from groundwork.errors import UsageError
from groundwork.optimizers import setting

Optimizer = Union[
    optimizers.GradientDescent,
    optimizers.Momentum,
    optimizers.Adam,
    optimizers.RmsProp,
    optimizers.Adagrad,
]

VARIANT = "corrected, or as_written: the document's own mathematics"
PHASES = "simultaneous: both gradients from one pass; alternating: generator, then discriminator"
BATCH_SIZE = "images a phase, or full for the whole data set (D0 §3.3)"


class _Gan:
    """What a GAN of 28x28 images is fed. As written, neither D3 nor D4 shows D a real image."""

    def phase_inputs(self):
        """`{phase: {input: shape of one example}}`, in the order of the updates."""
        generator = {"noise": (self.noise_size,)}
        discriminator = dict(generator)
        if self.variant == "corrected":
            discriminator["images"] = (28, 28)
        if self.phases == "simultaneous":
            return {"joint": discriminator}
        return {"generator": generator, "discriminator": discriminator}

    def sample_inputs(self):
        """`{input: shape of one example}` of what images are generated from."""
        return {"noise": (self.noise_size,)}


@dataclasses.dataclass(frozen=True)
class MlpGan(_Gan):
    """D3 §4.1. The optimisers are arguments there: D0's Adam, with TF1's epsilon."""

    variant: str = setting("corrected", VARIANT)
    phases: str = setting("simultaneous", PHASES)
    batch_size: Optional[int] = setting(64, BATCH_SIZE)  # our choice
    noise_size: int = setting(100, "width of the generator's noise (D0, D1, D4)")
    optimizer: Optimizer = optimizers.Adam(learning_rate=2e-4, beta1=0.5)


@dataclasses.dataclass(frozen=True)
class Vae:
    """D3 §4.2. Width of z, batch size and optimiser are open there."""

    variant: str = setting("corrected", VARIANT)
    batch_size: Optional[int] = setting(64, BATCH_SIZE)  # our choice
    latent_size: int = setting(20, "width of the VAE's z")  # our choice
    optimizer: Optimizer = optimizers.Adam(learning_rate=1e-3)

    def phase_inputs(self):
        """`{phase: {input: shape of one example}}`, in the order of the updates."""
        return {"vae": {"images": (784,), "epsilon": (self.latent_size,)}}

    def sample_inputs(self):
        """`{input: shape of one example}` of what images are generated from."""
        return {"noise": (self.latent_size,)}


@dataclasses.dataclass(frozen=True)
class BgdGan(_Gan):
    """D4 §3 and §4. The learning rate is open there; the batch is a mini-batch in its code."""

    variant: str = setting("corrected", VARIANT)
    phases: str = setting("alternating", PHASES)
    batch_size: Optional[int] = setting(None, BATCH_SIZE)
    noise_size: int = setting(100, "width of the generator's noise (D0, D1, D4)")
    optimizer: Optimizer = optimizers.GradientDescent(learning_rate=0.01)  # our choice


MODELS = {"mlp_gan": MlpGan, "vae": Vae, "bgd_gan": BgdGan}

# D4's code draws a mini-batch; how large is open there.
_VARIANT_DEFAULTS = {("bgd_gan", "as_written"): {"batch_size": 64}}


def name_of(hparams):
    """The model's name."""
    return next(name for name, kind in MODELS.items() if isinstance(hparams, kind))


def _replace(settings, values, owner):
    known = [field.name for field in dataclasses.fields(settings)]
    for name, value in values.items():
        if name not in known:
            raise UsageError("--{}: {} does not use it; expected one of {}, received {}".format(
                name, owner, ", ".join("--" + flag for flag in known), value))
    return dataclasses.replace(settings, **values)


def make(model, values):
    """Hyper-parameters of a model with some of its defaults replaced.

    Args:
      model: a name in `MODELS`.
      values: `{flag: value}`; the optimiser's numbers stand beside the model's own.

    Raises:
      UsageError: a flag that the model, or the optimiser in use, does not have.
    """
    values = dict(_VARIANT_DEFAULTS.get((model, values.get("variant")), {}), **values)
    hparams = MODELS[model]()
    optimizer = hparams.optimizer
    name = values.pop("optimizer", optimizers.name_of(optimizer))
    if name != optimizers.name_of(optimizer):
        optimizer = optimizers.OPTIMIZERS[name]()
    numbers = {flag: values.pop(flag) for flag in optimizer_flags() if flag in values}
    optimizer = _replace(optimizer, numbers, "--optimizer=" + name)
    return dataclasses.replace(
        _replace(hparams, values, "--model=" + model), optimizer=optimizer)


def optimizer_flags():
    """`{flag: meaning}` of all the optimisers' numbers."""
    return {field.name: field.metadata["meaning"]
            for kind in optimizers.OPTIMIZERS.values() for field in dataclasses.fields(kind)}


def to_dict(hparams):
    """Flat, JSON-able `{flag: value}`, the model's name included; `from_dict` reads it back."""
    values = dict(dataclasses.asdict(hparams), model=name_of(hparams))
    values.update(values.pop("optimizer"), optimizer=optimizers.name_of(hparams.optimizer))
    return values


def from_dict(values):
    """The hyper-parameters among `values`, as `to_dict` wrote them; other keys are left alone."""
    kinds = (MODELS[values["model"]], optimizers.OPTIMIZERS[values["optimizer"]])
    names = [field.name for kind in kinds for field in dataclasses.fields(kind)]
    return make(values["model"], {name: values[name] for name in names})
