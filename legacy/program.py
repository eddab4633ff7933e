"""What a program is: the contract between the models, the training loop and `parity`."""

import typing

import tensorflow.compat.v1 as tf

from legacy import optimizers

# TensorFlow 1.15 makes reference variables unless told; their reads can see later writes.
tf.enable_resource_variables()


class Update(typing.NamedTuple):
    """One optimiser step: the variables that follow the gradient of one loss."""

    loss: str  # a name in Program.losses
    variables: typing.List[tf.Variable]
    optimizer: tf.train.Optimizer


class Phase(typing.NamedTuple):
    """Updates whose gradients come from one forward pass and one state of the variables."""

    name: str
    updates: typing.List[Update]
    after: typing.Callable = lambda: []  # makes the operations that follow the assignments


class Program(typing.NamedTuple):
    """A model as graph, built in the caller's default graph."""

    inputs: typing.Dict[str, tf.Tensor]  # {"<phase>/<input>": placeholder}; "sample/..." to sample
    outputs: typing.Dict[str, tf.Tensor]  # "samples": generated images
    losses: typing.Dict[str, tf.Tensor]  # scalars; "<loss>/<part>" is a part of "<loss>"
    phases: typing.List[Phase]


def loss_names(losses, phase):
    """Names of the losses, parts included, that a phase computes, in the order of `losses`."""
    own = [update.loss for update in phase.updates]
    return [name for name in losses if name.split("/")[0] in own]


def feeds(hparams, **placeholders):
    """`{"<phase>/<input>": placeholder}`: phases that take the same input share its placeholder."""
    wanted = dict(hparams.phase_inputs(), sample=hparams.sample_inputs())
    return {phase + "/" + name: placeholders[name]
            for phase, names in wanted.items() for name in names}


def update(loss, variables, hparams, dtype):
    """The update that follows one loss, by an optimiser of its own."""
    return Update(loss, variables, optimizers.make(hparams.optimizer, dtype))


def gan_phases(hparams, dtype):
    """G and D updated from one pass, or G in a phase before D's (D4 §4)."""
    generator, discriminator = [
        update(network, tf.trainable_variables(network + "/"), hparams, dtype)
        for network in ("generator", "discriminator")]
    if hparams.phases == "simultaneous":
        return [Phase("joint", [generator, discriminator])]
    return [Phase("generator", [generator]), Phase("discriminator", [discriminator])]
