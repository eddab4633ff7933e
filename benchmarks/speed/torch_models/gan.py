"""The losses of a generator and a discriminator, of the networks that a phase updates."""

from torch.nn.functional import softplus


def generator_loss(generated):
    """G makes D wrong: -E[log D(G(z))]."""
    return softplus(-generated).mean()


def discriminator_loss(real, generated):
    """D tells real from generated: -E[log D(x)] - E[log(1 - D(G(z)))]."""
    return softplus(-real).mean() + softplus(generated).mean()


def losses(networks, phase, inputs, of_generator=generator_loss,
           of_discriminator=discriminator_loss):
    """`{network: scalar}` of what a phase updates, from one pass.

    Args:
      networks: `{"generator": module, "discriminator": module}`.
      phase: "joint", or the network that it updates.
      inputs: `{"noise": [batch, size], "images": [batch, ...]}`, of "generator" without images.
      of_generator: function from D's outputs on generated images.
      of_discriminator: function from D's outputs on real and on generated images.
    """
    judge = networks["discriminator"]
    generated = judge(networks["generator"](inputs["noise"]))
    values = {}
    if phase in ("joint", "generator"):
        values["generator"] = of_generator(generated)
    if phase in ("joint", "discriminator"):
        values["discriminator"] = of_discriminator(judge(inputs["images"]), generated)
    return values
