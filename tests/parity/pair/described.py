"""Hand-made descriptions of variables, as the recorders give them."""


def entry(name, role, shape, kind="dense", trainable=True, optimizer=None, layer=None, **more):
    """A variable of the reference; of the layer that its scope names, if not said otherwise."""
    return {"name": name, "role": role, "shape": list(shape), "kind": kind, "trainable": trainable,
            "forget_bias": None, "optimizer": optimizer, "dtype": "float32",
            "layer": name.rpartition("/")[0] if layer is None else layer, **more}


def port(path, shape, trainable=True, layer="Dense", optimizer=None, network=""):
    """A variable of the port."""
    return {"path": path, "leaf": path.rpartition("/")[2], "shape": list(shape),
            "trainable": trainable, "layer": layer, "optimizer": optimizer, "network": network,
            "dtype": "float32"}


def both(reference, ported, updates=(), inputs=(), trained=(), roles=()):
    """(reference, port): whole descriptions."""
    return ({"variables": list(reference), "inputs": list(inputs), "updates": list(updates)},
            {"variables": list(ported), "inputs": [], "form": "triple", "optimizers": [
                {"trained": list(trained), "own": [], "stock": "Adam", "roles": list(roles)}]})


def pairs(found):
    """{(TensorFlow 1 name, port path)} of a pairing."""
    return {(row.reference, row.port) for row in found.rows}
