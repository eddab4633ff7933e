"""Hyper-parameters: one frozen dataclass a model, defaults from its document.

What a document leaves open is chosen here and marked "our choice". A model also declares what its
phases are fed (`phase_inputs`) and what it is sampled from (`sample_inputs`), because batches are
made where no TensorFlow runs.
"""

import dataclasses
from typing import Optional, Union

from groundwork import optimizers
from groundwork import schedules
from groundwork import settings
from groundwork.errors import UsageError
from groundwork.settings import setting
from groundwork.tools import Tools

Optimizer = Union[
    optimizers.GradientDescent,
    optimizers.Momentum,
    optimizers.Adam,
    optimizers.RmsProp,
    optimizers.Adagrad,
    optimizers.AdamD0,
    optimizers.AdamD3,
    optimizers.RmsPropD3,
]
Schedule = Union[
    schedules.Constant,
    schedules.Linear,
    schedules.Exponential,
    schedules.Step,
    schedules.Plateau,
]

# Fields that are settings of their own: the flag of that name chooses the kind.
KINDS = {"optimizer": optimizers.OPTIMIZERS, "schedule": schedules.SCHEDULES}

VARIANT = "corrected, or as_written: the document's own mathematics"
PHASES = "simultaneous: both gradients from one pass; alternating: generator, then discriminator"
BATCH_SIZE = "images a phase, or full for the whole data set (D0 §3.3)"
ARCHITECTURE = "networks of the document D0 §4 or D2 §2: d0, d2"
GENERATOR_LOSS = "standard: on all generated images; gat: on those that D takes for real (D2 §2)"
NOISE_SIZE = "width of a GAN generator's noise (D0, D1, D4)"
LABEL_SMOOTHING = ("what a GAN's labels of real images fall short of 1 in D's loss (Salimans et "
                   "al. 2016)")
WEIGHT_CLIP = "bound of D's kernels and biases after each of its updates (D1 §3.3)"

# The input from which dropout masks are drawn: two int32, one pair a batch.
MASK_SEED = "mask_seed"


class _Model:
    """What most models have in common."""

    image_shape = (28, 28)  # a constant of the architecture, as `datasets.load` takes it
    sample_count = 64

    def repeats(self, phase):
        """How often a phase, or the update that bears its name, is run in one training step."""
        return 1

    def batch_inputs(self):
        """`{"<phase>": {input: shape}}` of all batches of a step, each drawn on its own.

        A phase that takes several, because it is repeated or because their gradients are
        accumulated, has the keys "<phase>/0", "<phase>/1" and so on.
        """
        batches = {}
        for phase, inputs in self.phase_inputs().items():
            count = self.repeats(phase) * self.tools.accumulate_steps
            keys = [phase] if count == 1 else ["{}/{}".format(phase, i) for i in range(count)]
            batches.update((key, inputs) for key in keys)
        return batches


class _Gan(_Model):
    """What a GAN is fed. As written, neither D3 nor D4 shows D a real image."""

    real_images_as_written = False

    def phase_inputs(self):
        """`{phase: {input: shape of one example}}`, in the order of the updates."""
        generator = {"noise": (self.noise_size,)}
        discriminator = dict(generator)
        if self.variant == "corrected" or self.real_images_as_written:
            discriminator["images"] = self.image_shape or (1,)
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
    noise_size: int = setting(100, NOISE_SIZE)
    label_smoothing: float = setting(0.0, LABEL_SMOOTHING)
    optimizer: Optimizer = optimizers.Adam(learning_rate=2e-4, beta1=0.5)
    schedule: Schedule = schedules.Constant()
    tools: Tools = Tools()


@dataclasses.dataclass(frozen=True)
class Vae(_Model):
    """D3 §4.2. Width of z, batch size and optimiser are open there."""

    variant: str = setting("corrected", VARIANT)
    batch_size: Optional[int] = setting(64, BATCH_SIZE)  # our choice
    latent_size: int = setting(20, "width of the VAE's z")  # our choice
    optimizer: Optimizer = optimizers.Adam(learning_rate=1e-3)
    schedule: Schedule = schedules.Constant()
    tools: Tools = Tools()

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
    noise_size: int = setting(100, NOISE_SIZE)
    label_smoothing: float = setting(0.0, LABEL_SMOOTHING)
    optimizer: Optimizer = optimizers.GradientDescent(learning_rate=0.01)  # our choice
    schedule: Schedule = schedules.Constant()
    tools: Tools = Tools()


@dataclasses.dataclass(frozen=True)
class DenseGan(_Gan):
    """D1 §3 and §4: SGD and weight clipping by its text, Adam by its code (tf.keras: 1e-7)."""

    variant: str = setting("corrected", VARIANT)
    phases: str = setting("simultaneous", PHASES)
    batch_size: Optional[int] = setting(128, BATCH_SIZE)
    noise_size: int = setting(100, NOISE_SIZE)
    label_smoothing: float = setting(0.0, LABEL_SMOOTHING)
    weight_clip: Optional[float] = setting(1.0, WEIGHT_CLIP)  # our choice, as that it is D's
    optimizer: Optimizer = optimizers.GradientDescent(learning_rate=0.05)  # our choice
    schedule: Schedule = schedules.Constant()
    tools: Tools = Tools()

    image_shape = ()  # numbers
    sample_count = 1024
    real_images_as_written = True


@dataclasses.dataclass(frozen=True)
class Wgan(_Model):
    """Named in D1 §6 and D2 §2; the numbers are those of Arjovsky et al. 2017."""

    networks: str = setting("mlp", "networks of wgan: those of mlp_gan (mlp) or of dcgan (dcgan)")
    batch_size: Optional[int] = setting(64, BATCH_SIZE)
    noise_size: int = setting(100, NOISE_SIZE)
    n_critic: int = setting(5, "critic phases a generator phase of wgan")
    weight_clip: Optional[float] = setting(0.01, WEIGHT_CLIP)
    gradient_penalty: float = setting(
        0.0, "weight of wgan's gradient penalty, which replaces clipping; 0: none")
    optimizer: Optimizer = optimizers.RmsProp(learning_rate=5e-5)
    schedule: Schedule = schedules.Constant()
    tools: Tools = Tools()

    def repeats(self, phase):
        """How often a phase, or the update that bears its name, is run in one training step."""
        return self.n_critic if phase == "discriminator" else 1

    @property
    def image_shape(self):
        """That of the model whose networks are used."""
        return MODELS[{"mlp": "mlp_gan", "dcgan": "dcgan"}[self.networks]].image_shape

    @property
    def clip_limit(self):
        """The bound of the critic's weights, or None."""
        return None if self.gradient_penalty else self.weight_clip

    def phase_inputs(self):
        """`{phase: {input: shape of one example}}`, in the order of the updates."""
        critic = {"noise": (self.noise_size,), "images": self.image_shape}
        if self.gradient_penalty:
            critic["mixing"] = (1,)
        return {"discriminator": critic, "generator": {"noise": (self.noise_size,)}}

    def sample_inputs(self):
        """`{input: shape of one example}` of what images are generated from."""
        return {"noise": (self.noise_size,)}


@dataclasses.dataclass(frozen=True)
class Dcgan(_Gan):
    """D0 §4. Its Adam is Keras's, with Keras's epsilon; it has one variant."""

    phases: str = setting("simultaneous", PHASES)
    batch_size: Optional[int] = setting(32, BATCH_SIZE)
    noise_size: int = setting(100, NOISE_SIZE)
    dropout: float = setting(0.3, "part of the discriminator's activations that is dropped")
    label_smoothing: float = setting(0.0, LABEL_SMOOTHING)
    architecture: str = setting("d0", ARCHITECTURE)
    generator_loss: str = setting("standard", GENERATOR_LOSS)
    optimizer: Optimizer = optimizers.Adam(learning_rate=2e-4, beta1=0.5, epsilon=1e-7)
    schedule: Schedule = schedules.Constant()
    tools: Tools = Tools()

    image_shape = (64, 64, 3)
    variant = "corrected"  # the only one, so no flag

    def phase_inputs(self):
        """`{phase: {input: shape of one example}}`; the seed of the masks is one for all."""
        phases = super().phase_inputs()
        return {phase: dict(inputs, **{MASK_SEED: (2,)}) for phase, inputs in phases.items()}


MODELS = {"mlp_gan": MlpGan, "vae": Vae, "bgd_gan": BgdGan, "dense_gan": DenseGan, "wgan": Wgan,
          "dcgan": Dcgan}

_VARIANT_DEFAULTS = {
    # D4's code draws a mini-batch; how large is open there.
    ("bgd_gan", "as_written"): {"batch_size": 64},
    ("dense_gan", "as_written"): {
        "optimizer": optimizers.Adam(learning_rate=2e-4, beta1=0.5, epsilon=1e-7),
        "weight_clip": None},
}


def name_of(hparams):
    """The model's name."""
    return settings.name_of(MODELS, hparams)


def make(model, values):
    """Hyper-parameters of a model with some of its defaults replaced.

    Args:
      model: a name in `MODELS`.
      values: `{flag: value}`; the numbers of the optimiser and so on stand beside the model's own.

    Raises:
      UsageError: a flag that the model, or the optimiser or schedule in use, does not have, or two
        that do not go together.
    """
    values = dict(values)
    hparams = dataclasses.replace(
        MODELS[model](), **_VARIANT_DEFAULTS.get((model, values.get("variant")), {}))
    chosen = {field: _choose(field, getattr(hparams, field), values) for field in KINDS}
    tools = {flag: values.pop(flag) for flag in settings.meanings({"tools": Tools})
             if flag in values}
    chosen["tools"] = dataclasses.replace(hparams.tools, **tools)
    made = dataclasses.replace(
        settings.replace(hparams, values, "--model=" + model, but=("tools",)), **chosen)
    _refuse_smoothing(made)
    return made


def _refuse_smoothing(hparams):
    """Refuses smoothed labels where a loss has none, or none that lie between 0 and 1."""
    smoothing = getattr(hparams, "label_smoothing", 0.0)
    for flag, value, why in (("variant", "as_written", "whose losses are the document's"),
                             ("architecture", "d2", "whose labels are classes")):
        if smoothing and getattr(hparams, flag, None) == value:
            raise UsageError("--label_smoothing={}: expected none with --{}={}, {}".format(
                smoothing, flag, value, why))


def _choose(field, default, values):
    """Takes what belongs to one of `KINDS` out of `values`; the settings of the kind in use."""
    kinds = KINDS[field]
    name = values.pop(field, settings.name_of(kinds, default))
    kind = default if isinstance(default, kinds[name]) else kinds[name]()
    numbers = {flag: values.pop(flag) for flag in settings.meanings(kinds) if flag in values}
    return settings.replace(kind, numbers, "--{}={}".format(field, name))


def of_run(hparams, train_steps):
    """Hyper-parameters whose linear schedule, if it names no end, ends with the run."""
    if hparams.schedule != schedules.Linear(decay_steps=None):
        return hparams
    return dataclasses.replace(hparams, schedule=schedules.Linear(decay_steps=train_steps))


def own_flags():
    """`{flag: meaning}` of what the models themselves are made with."""
    return {field.name: field.metadata["meaning"]
            for kind in MODELS.values() for field in dataclasses.fields(kind) if field.metadata}


def numbers():
    """`{flag: meaning}` of the numbers of all optimisers, schedules and tools."""
    return {flag: meaning for kinds in list(KINDS.values()) + [{"tools": Tools}]
            for flag, meaning in settings.meanings(kinds).items()}


def to_dict(hparams):
    """Flat, JSON-able `{flag: value}`, the model's name included; `from_dict` reads it back."""
    values = dict(dataclasses.asdict(hparams), model=name_of(hparams))
    for field, kinds in KINDS.items():
        values.update(values.pop(field))
        values[field] = settings.name_of(kinds, getattr(hparams, field))
    values.update(values.pop("tools"))
    return values


def from_dict(values):
    """The hyper-parameters among `values`, as `to_dict` wrote them; other keys are left alone."""
    kinds = [MODELS[values["model"]]] + [KINDS[field][values[field]] for field in KINDS]
    names = [field.name for kind in kinds + [Tools] for field in dataclasses.fields(kind)
             if field.name != "tools"]
    return make(values["model"], {name: values[name] for name in names})
