"""The contract between the models, the training loop and `parity`: a program, its phases."""

import typing

import keras
from keras import ops
import tensorflow as tf

from groundwork.models.model import MASK_SEED
from groundwork.phases import batch_starts
from groundwork.training_options import TrainingOptions
from modern.plateau import Plateau

# Clipped weights: kernels and biases, not the parameters of a normalisation.
WEIGHTS = ("/kernel", "/bias")


class Update(typing.NamedTuple):
    """One optimiser step: the variables that follow the gradient of one loss."""

    loss: str  # a name that Program.losses gives
    variables: list[keras.Variable]
    optimizer: keras.optimizers.Optimizer
    plateau: typing.Optional[Plateau] = None  # a schedule that follows the loss


class Phase(typing.NamedTuple):
    """Updates whose gradients come from one forward pass and one state of the variables."""

    name: str
    updates: list[Update]
    post_update: typing.Callable = lambda: None  # what follows the assignments
    repeats: int = 1  # times a step, each with a batch of its own


class Program(typing.NamedTuple):
    """A model as functions of one phase's inputs, `{input: tensor}`."""

    model: keras.Model
    # {"<phase>/<input>", of a repeated phase "<phase>/<i>/<input>": shape}; "sample/<input>"
    inputs: dict[str, tuple]
    outputs: dict[str, typing.Callable]  # "samples": generated images
    losses: typing.Callable  # {name: scalar}; "<loss>/<part>" is a part of "<loss>"
    phases: list[Phase]
    options: TrainingOptions = TrainingOptions()
    # For display, from the inputs of all phases (the last one's where several take one): scalars by
    # tag, such as "output/real"; images and codes ("reconstructions", "codes").
    metrics: typing.Callable = lambda inputs: {}
    display_outputs: dict[str, typing.Callable] = {}
    jit_compile: bool = True  # whether training compiles the steps by XLA


class Gradients(typing.NamedTuple):
    """Losses and gradients of one forward pass of a phase, from one state."""

    losses: dict[str, tf.Tensor]
    gradients: list[list[tf.Tensor]]  # of each update, in the order of its variables


def phase_inputs(phase, batch, accumulate_steps=1):
    """`[repetition][accumulated batch]` of `{input: tensor}`, out of all of a step's tensors."""
    return [[{key.removeprefix(start): value for key, value in batch.items()
              if key.startswith(start)} for start in starts]
            for starts in batch_starts(phase, accumulate_steps)]


def loss_gradients(tape, losses, phase):
    """The gradients of each of a phase's updates, in the order of its variables."""
    gradients = []
    for update in phase.updates:
        with tf.name_scope(f"train/{phase.name}/{update.loss}/gradients/"):
            gradients.append(tape.gradient(losses[update.loss], update.variables))
    return gradients


def phase_gradients(phase_losses, phase, inputs):
    """The `Gradients` of a phase's updates on `{input: tensor}`."""
    # A tape that may be asked again makes loops keep, and fill with zeros, what only it would need.
    with tf.GradientTape(persistent=len(phase.updates) > 1) as tape:
        losses = phase_losses(inputs)
    return Gradients(losses, loss_gradients(tape, losses, phase))


def feeds(hparams):
    """`{"<phase>/<input>": [None, ...]}` of all phases, and of sampling."""
    wanted = hparams.batch_inputs() | {"sample": hparams.sample_inputs()}
    return {phase + "/" + name: shape if name == MASK_SEED else (None,) + shape
            for phase, names in wanted.items() for name, shape in names.items()}


def unfrozen(variables, options):
    """The variables that training changes (D3 §3.5)."""
    return [variable for variable in variables if not options.freezes(variable.path)]


def gan_updates(model):
    """One update of each network, by the loss of its name."""
    return [model.update(network) for network in ("generator", "discriminator")]


def gan_phases(model, post_update=lambda: None):
    """G and D updated from one pass, or G in a phase before D's (D4 §4).

    Args:
      post_update: what follows each phase's assignments.
    """
    generator, discriminator = gan_updates(model)
    if model.hparams.phases == "simultaneous":
        return [Phase("joint", [generator, discriminator], post_update)]
    return [Phase("generator", [generator], post_update),
            Phase("discriminator", [discriminator], post_update)]


def clip_weights(variables, limit):
    """Puts each kernel and bias into [-limit, limit], unless that is None."""
    if limit is None:
        return
    for variable in variables:
        if variable.path.endswith(WEIGHTS):
            variable.assign(ops.clip(variable, -limit, limit))
