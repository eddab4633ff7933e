"""Reads names of variables: the role in a layer, the scopes, the words that an author chose."""

import re

# Role in Keras's words, by the names that other libraries and authors use.
_ROLES = {
    "weights": "kernel", "weight": "kernel", "w": "kernel", "depthwise_weights": "depthwise_kernel",
    "pointwise_weights": "pointwise_kernel", "biases": "bias", "b": "bias", "scale": "gamma",
    "offset": "beta", "shift": "beta", "embedding": "embeddings", "embedding_weights": "embeddings",
    "moving_var": "moving_variance", "pop_mean": "moving_mean", "pop_var": "moving_variance",
    "pop_variance": "moving_variance", "running_mean": "moving_mean",
    "running_var": "moving_variance", "running_variance": "moving_variance"}
_KERNELS = ("kernel", "depthwise_kernel", "pointwise_kernel", "recurrent_kernel")
_KNOWN = set(_ROLES.values()) | set(_KERNELS)
_STATISTICS = ("moving_mean", "moving_variance")
# "softmax_w" and "W_out": a role beside the layer's name.
_WORDS = "weights?|biases|bias|kernel|gamma|beta|w|b"
_LAST = re.compile(rf"^(.+)_({_WORDS})$")
_FIRST = re.compile(rf"^({_WORDS})_(.+)$")
# Automatic names of scopes and layers: they tell no more than the order of creation.
_GIVEN = re.compile(
    r"(dense|conv[123]d(_transpose)?|Conv(2d_transpose)?|(depthwise|separable)_conv[12]d|"
    r"SeparableConv2d|fully_connected|batch_normalization|layer_normalization|BatchNorm|LayerNorm|"
    r"embedding|(forward_|backward_)?(lstm|gru|simple_rnn|rnn)|(basic_)?(lstm|gru|rnn|simple_rnn)"
    r"_cell|multi_rnn_cell|stacked_rnn_cells|cell|fw|bw|gates|candidate|bidirectional|"
    r"bidirectional_rnn|time_distributed|sequential|functional|model|[Vv]ariable|part)(_\d+)?")


def _plain(text):
    return re.sub(r"[^a-z0-9]", "", text.lower())


def split(name):
    """(scopes, leaf) of a name, without its output number and its partition."""
    parts = [part for part in name.partition(":")[0].split("/") if part]
    if len(parts) > 1 and re.fullmatch(r"part_\d+", parts[-1]):
        parts.pop()
    return parts[:-1], parts[-1]


def of_leaf(leaf):
    """Role that the last part of a name stands for, or ""."""
    plain = re.sub(r"_\d+$", "", leaf.lower())
    role = _ROLES.get(plain, plain)
    if role in _KNOWN:
        return role
    beside = _LAST.match(plain) or _FIRST.match(plain)
    words = [word for word in (beside.groups() if beside else ()) if re.fullmatch(_WORDS, word)]
    return _ROLES.get(words[0], words[0]) if words else ""


def of(entry):
    """Set of roles that a variable may have, by its use and its name; empty where neither tells.

    Args:
      entry: entry of a reference, with "name", "role" and "kind", or of a port, with "path" and
        "leaf".
    """
    if "path" in entry:
        found = {of_leaf(entry["leaf"])}
    else:
        found = {of_leaf(entry["role"]), of_leaf(split(entry["name"])[1]), _of_moments(entry)}
        if entry["kind"] == "depthwise convolution":
            found.add("depthwise_kernel")
    return found - {""}


def _of_moments(entry):
    """Role of a moving average of a batch's moments, as hand-written batch norms keep it."""
    inside = re.search(r"moments/(Squeeze(_1)?|mean|variance)(_\d+)?/ExponentialMovingAverage",
                       entry["name"])
    if entry["kind"] != "state" or not inside:
        return ""
    return "moving_variance" if inside[1] in ("Squeeze_1", "variance") else "moving_mean"


def agreement(entry, partner):
    """Score of two variables' roles: 0 they exclude each other, 1 unknown, 2 similar, 3 equal.

    The name of a variable in an author's own layer tells little: only roles that follow from the
    use in the graph or from a layer of Keras exclude each other.
    """
    one, other = of(entry), of(partner)
    if one & other:
        return 3
    if any(roles.intersection(_STATISTICS) for roles in (one, other)):
        return 0
    for alike in (_KERNELS + ("embeddings",), ("bias", "beta")):
        if one.intersection(alike) and other.intersection(alike):
            return 2
    return 0 if one and other and _is_sure(entry) and _is_sure(partner) else 1


def _is_sure(entry):
    """True where the role follows from a variable's use, and not only from its name."""
    if "path" in entry:
        return entry["leaf"] in _KNOWN
    return entry["kind"] not in ("other", "state") and of_leaf(entry["role"]) != ""


def _name(entry):
    return entry.get("name") or entry["path"]


def suffixes(entry):
    """Set of possible names of a variable's layer: ends of its scopes, "block1conv1" and "conv1".

    Ends in an automatic name, as "dense_1", are left out: they tell no more than an order.
    """
    scopes, leaf = split(_name(entry))
    chains = [scopes, scopes + [_stem(leaf)]] if _stem(leaf) else [scopes]
    if entry.get("network"):
        chains += [[entry["network"]] + chain for chain in list(chains)]
    return {"".join(_plain(part) for part in chain[start:]) for chain in chains
            for start in range(len(chain)) if not _GIVEN.fullmatch(chain[-1])} - {""}


def _stem(leaf):
    """Layer's name within the last part of a variable's name; "" where that is only a role."""
    plain = re.sub(r"_\d+$", "", leaf.lower())
    if _ROLES.get(plain, plain) in _KNOWN:
        return ""
    beside, first = _LAST.match(plain), _FIRST.match(plain)
    return beside[1] if beside else first[2] if first else leaf


def words(entry):
    """Set of words of a variable's scopes, each with its number, without automatic names."""
    scopes, leaf = split(_name(entry))
    parts = scopes + [part for part in (_stem(leaf), entry.get("network")) if part]
    return {word + number for part in parts if not _GIVEN.fullmatch(part)
            for word, number in re.findall(r"([a-z]+)_?(\d*)", part.lower())}


def direction(entry):
    """Direction of a variable in a bidirectional layer, "forward" or "backward"; else ""."""
    parts = re.split(r"[/_]", _name(entry).lower())
    return ("forward" if {"fw", "forward"}.intersection(parts) else
            "backward" if {"bw", "backward"}.intersection(parts) else "")
