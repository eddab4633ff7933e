"""Stacks of layers, and weights as the wings draw them."""

import collections
import functools

import torch
from torch import nn

from groundwork import initial_weights

leaky_relu = functools.partial(nn.LeakyReLU, 0.2)  # Keras's slope


def stack(activation, inputs, **units):
    """Dense layers by their names, each followed by an activation but the last.

    Args:
      activation: makes the module that follows a layer.
      inputs: of the first layer.
      units: of each layer.
    """
    layers = collections.OrderedDict()
    for name, count in units.items():
        layers[name] = nn.Linear(inputs, count)
        layers[name + "_activation"] = activation()
        inputs = count
    layers.popitem()
    return nn.Sequential(layers)


def _drawn(name, parameter, seed):
    """The start of one parameter: Keras's kernels [..., in, out] in PyTorch's order."""
    # Scales and offsets of batch norms have one axis, as biases do.
    layer, leaf = name.rsplit("/", 1)
    if parameter.ndim == 1:
        leaf = {"weight": "gamma", "bias": "beta" if "norm" in layer else "bias"}[leaf]
        return torch.tensor(initial_weights.draw(seed, f"{layer}/{leaf}", parameter.shape))
    # Convolutions [out, in, height, width] and transposed ones [in, out, height, width] alike: a
    # transposed one's kernel is [height, width, out, in] in Keras.
    axes = (1, 0) if parameter.ndim == 2 else (2, 3, 1, 0)
    back = (1, 0) if parameter.ndim == 2 else (3, 2, 0, 1)
    shape = [parameter.shape[axis] for axis in axes]
    kernel = initial_weights.draw(seed, f"{layer}/kernel", shape)
    return torch.tensor(kernel.transpose(back))


def initialize(networks, seed):
    """Draws all weights of `{name: network}` from (seed, name), as both wings do."""
    with torch.no_grad():
        for scope, network in networks.items():
            for name, parameter in network.named_parameters():
                # The parts of a VAE, which is one module here, have scopes of their own.
                name = f"{scope}/{name}".replace(".", "/").removeprefix("vae/")
                parameter.copy_(_drawn(name, parameter, seed))
