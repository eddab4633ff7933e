"""What a program is: the contract between the models, the training loop and `parity`."""

import typing

import keras


class Update(typing.NamedTuple):
    """One optimiser step: the variables that follow the gradient of one loss."""

    loss: str  # a name that Program.losses gives
    variables: list[keras.Variable]
    optimizer: keras.optimizers.Optimizer


class Phase(typing.NamedTuple):
    """Updates whose gradients come from one forward pass and one state of the variables."""

    name: str
    updates: list[Update]
    after: typing.Callable = lambda: None  # what follows the assignments


class Program(typing.NamedTuple):
    """A model as functions of one phase's inputs, `{input: tensor}`."""

    model: keras.Model
    inputs: dict[str, tuple]  # {"<phase>/<input>": shape}; "sample/..." to sample
    outputs: dict[str, typing.Callable]  # "samples": generated images
    losses: typing.Callable  # {name: scalar}; "<loss>/<part>" is a part of "<loss>"
    phases: list[Phase]


def loss_names(losses, phase):
    """Names of the losses, parts included, that a phase computes, in the order of `losses`."""
    own = [update.loss for update in phase.updates]
    return [name for name in losses if name.split("/")[0] in own]


def feeds(hparams):
    """`{"<phase>/<input>": [None, ...]}` of all phases, and of sampling."""
    wanted = hparams.phase_inputs() | {"sample": hparams.sample_inputs()}
    return {phase + "/" + name: (None,) + shape
            for phase, names in wanted.items() for name, shape in names.items()}


def of_model(model):
    """The program of a compiled model that gives images from noise."""
    return Program(
        model=model,
        inputs=feeds(model.hparams),
        outputs={"samples": lambda inputs: model(inputs["noise"])},
        losses=model.phase_losses,
        phases=model.phases())


def gan_phases(model):
    """G and D updated from one pass, or G in a phase before D's (D4 §4)."""
    generator, discriminator = model.update("generator"), model.update("discriminator")
    if model.hparams.phases == "simultaneous":
        return [Phase("joint", [generator, discriminator])]
    return [Phase("generator", [generator]), Phase("discriminator", [discriminator])]
