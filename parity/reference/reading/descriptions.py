"""Describes layers, one line each, and long networks in few lines."""

from parity.reference.reading import folding
from parity.reference.reading import initial_values
from parity.reference.reading import tensors


def layer(found, decays=()):
    """Description of a layer: "convolution 3x3, 3 -> 16, stride 1, SAME, relu".

    Args:
      found: a `parity.reference.reading.layers.Layer`.
      decays: decays of the moving averages of a batch norm.
    """
    words = [_of_kind(found)]
    words += _of_settings(found)
    if found.kind in ("dense", "convolution", "transposed convolution", "depthwise convolution") \
            and "bias" not in found.variables:
        words.append("no bias")
    if "norm" in found.kind:
        words += _of_norm(found, decays)
    words.append(activation(found.activation))
    for role, weight in sorted(found.regularizers.items()):
        words.append("{} x l2_loss of {}".format(tensors.number(weight), role))
    if not found.trained:
        words.append("not trained")
    if found.uses > 1:
        words.append("used {} times".format(found.uses))
    return ", ".join(filter(None, words))


def activation(found):
    """Description of an activation: "leaky_relu 0.2"."""
    slope = "" if found.slope is None else " " + tensors.number(found.slope)
    note = "" if found.alone else " (what comes before it is used as well)"
    return found.name + slope + note if found.name else ""


def _of_kind(found):
    shape = found.shape or []
    if found.kind == "dense" and len(shape) == 2:
        ends = shape[::-1] if found.settings.get("transposed") else shape
        return "dense {} -> {}".format(*ends)
    if "convolution" in found.kind and len(shape) > 2:
        ins, outs = shape[-2:] if not found.kind.startswith("transposed") else shape[:-3:-1]
        return "{} {}, {} -> {}".format(found.kind, "x".join(map(str, shape[:-2])), ins, outs)
    if found.kind == "embedding" and len(shape) == 2:
        return "embedding of {} in {}".format(*shape)
    if "units" in found.settings:
        return "{}, {} units, inputs {}".format(
            found.kind, found.settings["units"], shape[0] - found.settings["units"])
    return "{} {}".format(found.kind, shape)


def _of_settings(found):
    words, settings = [], found.settings
    if "strides" in settings:
        words.append("stride " + "x".join(map(str, sorted(set(settings["strides"])))))
    words.append(settings.get("padding", ""))
    if settings.get("data_format", "NHWC").startswith("NC"):
        words.append(settings["data_format"])
    if set(settings.get("dilations", [1])) != {1}:
        words.append("dilation {}".format(settings["dilations"]))
    if "forget_bias" in settings:
        words.append("forget bias {}".format(tensors.number(settings["forget_bias"])))
    if settings.get("transposed"):
        words.append("transposed kernel")
    if "spectral_norm" in settings:
        words.append("divided by its spectral norm, {} power iteration{}".format(
            settings["spectral_norm"], "s" * (settings["spectral_norm"] > 1)))
    for key in ("combiner", "used_by"):
        if key in settings:
            words.append("{} {}".format(key.replace("_", " "), settings[key]))
    return words


def _of_norm(found, decays):
    words = ["epsilon " + tensors.number(found.settings["epsilon"])]
    if decays:
        words.append("decay " + ", ".join(map(tensors.number, decays)))
    for role in ("gamma", "beta"):
        if role not in found.variables:
            words.append("no " + role)
    if found.settings.get("training") is False:
        words.append("with moving statistics")
    if found.settings["fused"]:
        words.append("fused")
    return words


def initials(graph, found):
    """Description of a layer's first values: "kernel Glorot uniform, bias zeros"."""
    return ", ".join("{} {}".format(role, initial_values.words(initial_values.read(graph, name)))
                     for role, name in found.variables.items())


def folded(lines):
    """Folds repeated blocks of lines.

    Args:
      lines: (name, text, parameters) of each layer.

    Returns:
      List of (name, text, parameters). A repeated block stands once, behind a line that says how
      often it is repeated, with parameters None.
    """
    told = []
    for start, size, times in folding.blocks([line[1] for line in lines]):
        block = lines[start:start + size]
        if times > 1:
            last = lines[start + size * (times - 1)][0]
            rest = sum(line[2] for line in lines[start:start + size * times])
            told.append(("", "{} times, the last one from {}, {:,} parameters in all:".format(
                times, last, rest), None))
            block = [("  " + name, words, count) for name, words, count in block]
        told.extend(block)
    return told
