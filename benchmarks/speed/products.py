"""The matrix products and convolutions of a training step, counted from the networks' layers.

A layer computes up to three, of equal cost each: its outputs, the gradient of its weights, and the
gradient of its inputs. The last is needed where something below is trained. Counted as the models
state a step; two passes of D are two products, though their rows could be laid together.
"""

from typing import NamedTuple

OUTPUTS, WEIGHTS, INPUTS = "outputs", "gradient of weights", "gradient of inputs"


class Layer(NamedTuple):
    """A layer with a kernel; all shapes as Keras has them, of one example."""

    kind: str  # "dense", "convolution", "transposed"
    kernel: tuple
    inputs: tuple
    outputs: tuple


class Product(NamedTuple):
    """One of a layer's products, on a batch."""

    of: str  # OUTPUTS, WEIGHTS or INPUTS
    layer: Layer


class Pass(NamedTuple):
    """What one phase of a step is fed, and the losses that it follows."""

    losses: tuple  # names of the losses whose variables it updates
    inputs: tuple  # names
    repeats: int = 1


def each(of, layers):
    """One product of each layer."""
    return [Product(of, layer) for layer in layers]


def backward(layers):
    """The backward pass of a trained network: nothing is trained below its first layer."""
    return each(WEIGHTS, layers) + each(INPUTS, layers[1:])


def of_gan(generator, discriminator, phase):
    """The products of one pass of a GAN's phase.

    Args:
      generator, discriminator: their `Layer`s, in order.
      phase: the `Pass`.
    """
    judged = 2 if "images" in phase.inputs else 1  # kinds of images: real, generated
    found = each(OUTPUTS, generator) + judged * each(OUTPUTS, discriminator)
    if "generator" in phase.losses:  # D is not trained by this loss, but lies above G
        found += each(INPUTS, discriminator) + backward(generator)
    if "discriminator" in phase.losses:
        found += judged * backward(discriminator)
    return found


def of_step(networks, phases):
    """The products of a step.

    Args:
      networks: `{name: [Layer]}`, of a GAN "generator" and "discriminator", else in the order of a
        chain that one loss trains.
      phases: the `Pass`es.
    """
    found = []
    for phase in phases:
        if "generator" in networks:
            found += phase.repeats * of_gan(
                networks["generator"], networks["discriminator"], phase)
        else:
            chain = [layer for layers in networks.values() for layer in layers]
            found += phase.repeats * (each(OUTPUTS, chain) + backward(chain))
    return found
