"""Layers of the models whose widths a document prints."""

# {model: {network: (width of its input, [(layer, width)])}}, as the documents print them.
LAYERS = {
    "mlp_gan": {
        "generator": (100, [("hidden1", 128), ("hidden2", 256), ("hidden3", 512), ("output", 784)]),
        "discriminator": (784, [("hidden1", 512), ("hidden2", 256), ("hidden3", 128),
                                ("output", 1)]),
    },
    "vae": {
        "encoder": (784, [("hidden1", 128), ("hidden2", 64)]),
        "decoder": (20, [("hidden1", 64), ("hidden2", 128), ("output", 784)]),
    },
    "bgd_gan": {
        "generator": (100, [("hidden1", 128), ("hidden2", 128), ("output", 784)]),
        "discriminator": (784, [("hidden1", 128), ("hidden2", 128), ("logits", 1)]),
    },
    "dense_gan": {
        "generator": (100, [("hidden", 20), ("output", 1)]),
        "discriminator": (1, [("hidden", 20), ("logits", 1)]),
    },
}
LAYERS["wgan"] = LAYERS["mlp_gan"]


def shapes(model):
    """`{variable: shape}` of a model."""
    shapes = {}
    for network, (width, layers) in LAYERS[model].items():
        for layer, units in layers:
            shapes["{}/{}/kernel".format(network, layer)] = (width, units)
            shapes["{}/{}/bias".format(network, layer)] = (units,)
            width = units
    if model == "vae":
        for head in ("z_mean", "z_log_var"):
            shapes["encoder/{}/kernel".format(head)] = (64, 20)
            shapes["encoder/{}/bias".format(head)] = (20,)
    return shapes
