"""The contract between the models, the training loop and `parity`: a program, its phases."""

import typing

import numpy as np
import tensorflow.compat.v1 as tf

from groundwork import transfer
from groundwork.training_options import TrainingOptions
from legacy import optimizers
from legacy import schedules
from legacy.plateau import Plateau, plateau_of

# Clipped weights: kernels and biases, not the parameters of a normalisation.
WEIGHTS = ("/kernel", "/bias", "/weights", "/biases")

# TensorFlow 1.15 makes reference variables unless told; their reads can see later writes.
tf.enable_resource_variables()
# And today's makes a function of a loop's body, which the graph would not show.
tf.disable_control_flow_v2()


class Update(typing.NamedTuple):
    """One optimiser step: the variables that follow the gradient of one loss."""

    loss: str  # a name in Program.losses
    variables: typing.List[tf.Variable]
    optimizer: tf.train.Optimizer
    learning_rate: typing.Any = None  # number or tensor, to show: tf.train keeps it private
    plateau: typing.Optional[Plateau] = None  # a schedule that follows the loss


class Phase(typing.NamedTuple):
    """Updates whose gradients come from one forward pass and one state of the variables."""

    name: str
    updates: typing.List[Update]
    post_update: typing.Callable = lambda: []  # makes operations that follow the assignments
    repeats: int = 1  # times a step, each with a batch of its own


class Program(typing.NamedTuple):
    """A model as graph, built in the caller's default graph."""

    # {"<phase>/<input>", of a repeated phase "<phase>/<i>/<input>": placeholder}; "sample/<input>"
    inputs: typing.Dict[str, tf.Tensor]
    outputs: typing.Dict[str, tf.Tensor]  # "samples": generated images
    losses: typing.Dict[str, tf.Tensor]  # scalars; "<loss>/<part>" is a part of "<loss>"
    phases: typing.List[Phase]
    options: TrainingOptions = TrainingOptions()
    # For display, built on demand, from the inputs of all phases (the last one's where several take
    # one): scalars by tag, such as "output/real"; images and codes ("reconstructions", "codes").
    metrics: typing.Callable = lambda: {}
    display_outputs: typing.Callable = lambda: {}


def feeds(hparams, **placeholders):
    """`{"<phase>/<input>": placeholder}`: phases that take the same input share its placeholder."""
    wanted = dict(hparams.batch_inputs(), sample=hparams.sample_inputs())
    return {phase + "/" + name: placeholders[name]
            for phase, names in wanted.items() for name in names}


def unfrozen(variables, options):
    """The variables that training changes (D3 §3.5)."""
    return [variable for variable in variables if not options.freezes(variable.op.name)]


def update(loss, variables, hparams, dtype):
    """The update that follows one loss, by an optimiser of its own.

    Raises:
      UsageError: a scope of --freeze holds no variable, or all of the update's are frozen.
    """
    freeze = hparams.options.freeze
    transfer.require("freeze", freeze, [each.op.name for each in tf.trainable_variables()])
    variables = unfrozen(variables, hparams.options)
    transfer.require_one_left(freeze, loss, variables)
    rate = np.dtype(dtype).type(hparams.learning_rate(loss))
    plateau = plateau_of(hparams, loss, dtype)
    rate = plateau(rate) if plateau else schedules.make(hparams.schedule, rate)
    optimizer = optimizers.make(hparams.optimizer, rate, dtype)
    return Update(loss, variables, optimizer, rate, plateau)


def gan_updates(hparams, dtype):
    """One update of each network, by the loss of its name."""
    return [update(network, tf.trainable_variables(network + "/"), hparams, dtype)
            for network in ("generator", "discriminator")]


def gan_phases(hparams, dtype, post_update=lambda: []):
    """G and D updated from one pass, or G in a phase before D's (D4 §4).

    Args:
      post_update: makes the operations that follow each phase's assignments.
    """
    generator, discriminator = gan_updates(hparams, dtype)
    if hparams.phases == "simultaneous":
        return [Phase("joint", [generator, discriminator], post_update)]
    return [Phase("generator", [generator], post_update),
            Phase("discriminator", [discriminator], post_update)]


def clip_weights(variables, limit):
    """Operations that put each kernel and bias into [-limit, limit]; none when that is None."""
    if limit is None:
        return []
    return [tf.assign(variable, tf.clip_by_value(variable, -limit, limit))
            for variable in variables if variable.op.name.endswith(WEIGHTS)]
