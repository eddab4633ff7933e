"""What a program is: the contract between the models, the training loop and `parity`."""

import typing

import keras
from keras import ops
import tensorflow as tf

from groundwork.hyperparameters import MASK_SEED
from groundwork.tools import Tools
from modern.plateau import Plateau

# What weight clipping clips: not the parameters of a normalisation.
WEIGHTS = ("/kernel", "/bias")


class Update(typing.NamedTuple):
    """One optimiser step: the variables that follow the gradient of one loss."""

    loss: str  # a name that Program.losses gives
    variables: list[keras.Variable]
    optimizer: keras.optimizers.Optimizer
    tools: Tools = Tools()
    plateau: typing.Optional[Plateau] = None  # to be shown the loss of each update


class Phase(typing.NamedTuple):
    """Updates whose gradients come from one forward pass and one state of the variables."""

    name: str
    updates: list[Update]
    after: typing.Callable = lambda: None  # what follows the assignments
    repeats: int = 1  # times a step, each with a batch of its own


def accumulate_steps(phase):
    """How many batches make one update of a phase."""
    return phase.updates[0].tools.accumulate_steps


def batch_starts(phase):
    """What the keys of each batch of a phase begin with, `[repetition][accumulated batch]`."""
    count = accumulate_steps(phase)
    if phase.repeats * count == 1:
        return [[phase.name + "/"]]
    return [[f"{phase.name}/{first * count + index}/" for index in range(count)]
            for first in range(phase.repeats)]


class Program(typing.NamedTuple):
    """A model as functions of one phase's inputs, `{input: tensor}`."""

    model: keras.Model
    # {"<phase>/<input>", of a repeated phase "<phase>/<i>/<input>": shape}; "sample/<input>"
    inputs: dict[str, tuple]
    outputs: dict[str, typing.Callable]  # "samples": generated images
    losses: typing.Callable  # {name: scalar}; "<loss>/<part>" is a part of "<loss>"
    phases: list[Phase]
    # Both only shown, from the inputs of all phases; of one that several take, the last one's.
    monitors: typing.Callable = lambda inputs: {}  # scalars by tag, such as "output/real"
    views: dict[str, typing.Callable] = {}  # "reconstructions": images; "codes": [batch, size]
    jit_compile: bool = True  # whether training compiles the steps by XLA


class Gradients(typing.NamedTuple):
    """What one forward pass of a phase gives, from one state."""

    losses: dict[str, tf.Tensor]
    gradients: list[list[tf.Tensor]]  # of each update, in the order of its variables


def loss_names(losses, phase):
    """Names of the losses, parts included, that a phase computes, in the order of `losses`."""
    own = [update.loss for update in phase.updates]
    return [name for name in losses if name.split("/")[0] in own]


def phase_inputs(phase, batch):
    """`[repetition][accumulated batch]` of `{input: tensor}`, out of all of a step's tensors."""
    return [[{key.removeprefix(start): value for key, value in batch.items()
              if key.startswith(start)} for start in starts] for starts in batch_starts(phase)]


def loss_gradients(tape, losses, phase):
    """The gradients of each of a phase's updates, in the order of its variables."""
    gradients = []
    for update in phase.updates:
        with tf.name_scope(f"train/{phase.name}/{update.loss}/gradients/"):
            gradients.append(tape.gradient(losses[update.loss], update.variables))
    return gradients


def phase_gradients(phase_losses, phase, inputs):
    """The `Gradients` of a phase's updates on `{input: tensor}`."""
    with tf.GradientTape(persistent=True) as tape:
        losses = phase_losses(inputs)
    return Gradients(losses, loss_gradients(tape, losses, phase))


def feeds(hparams):
    """`{"<phase>/<input>": [None, ...]}` of all phases, and of sampling."""
    wanted = hparams.batch_inputs() | {"sample": hparams.sample_inputs()}
    return {phase + "/" + name: shape if name == MASK_SEED else (None,) + shape
            for phase, names in wanted.items() for name, shape in names.items()}


def of_model(model):
    """The program of a compiled model that gives images from noise."""
    return Program(
        model=model,
        inputs=feeds(model.hparams),
        outputs={"samples": lambda inputs: model(inputs["noise"])},
        losses=model.phase_losses,
        phases=model.step_phases(),
        monitors=model.monitors,
        views=model.views(),
        jit_compile=model.XLA)


def gan_updates(model):
    """One update of each network, by the loss of its name."""
    return [model.update(network) for network in ("generator", "discriminator")]


def gan_phases(model, after=lambda: None):
    """G and D updated from one pass, or G in a phase before D's (D4 §4).

    Args:
      after: what follows each phase's assignments.
    """
    generator, discriminator = gan_updates(model)
    if model.hparams.phases == "simultaneous":
        return [Phase("joint", [generator, discriminator], after)]
    return [Phase("generator", [generator], after),
            Phase("discriminator", [discriminator], after)]


def unfrozen(variables, tools):
    """The variables that training changes (D3 §3.5)."""
    return [variable for variable in variables if not tools.freezes(variable.path)]


def clip_weights(variables, limit):
    """Puts each kernel and bias into [-limit, limit], unless that is None."""
    if limit is None:
        return
    for variable in variables:
        if variable.path.endswith(WEIGHTS):
            variable.assign(ops.clip(variable, -limit, limit))
