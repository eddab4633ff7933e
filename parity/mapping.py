"""Which variable, slot or counter of the port stands for which of the TensorFlow 1 program."""

from typing import NamedTuple

# Keras's stock optimisers name their slots otherwise; ours name them as tf.train does.
_SLOTS = {"m": ("m", "momentum"), "v": ("v", "velocity"), "rms": ("rms", "velocity"),
          "momentum": ("momentum",), "accumulator": ("accumulator",),
          "beta1_power": ("beta_1_power",), "beta2_power": ("beta_2_power",)}

# tf-slim's layers name their variables otherwise.
_LEAVES = {"weights": "kernel", "biases": "bias"}


class Mapping(NamedTuple):
    """Partners by state name, and what has none."""

    partners: dict[str, str]  # {legacy state name: modern state name}
    legacy_only: list[str]
    modern_only: list[str]

    def misses_variables(self, legacy, modern):
        """Whether a variable, not just an optimiser's own state, has no partner."""
        return any("@" not in name and variables[name]["dtype"].startswith("float")
                   for names, variables in ((self.legacy_only, legacy), (self.modern_only, modern))
                   for name in names)


def map_state(legacy, modern):
    """Pairs state by name and kind, then checks shapes.

    Args:
      legacy, modern: `{state name: {"shape", "dtype", "trainable"}}`.
    """
    partners = {}
    for name in legacy:
        variable, at, leaf = name.partition("@")
        slots = [at + other for other in _SLOTS.get(_without_suffix(leaf), (leaf,))]
        candidates = [stem + slot for stem in _names(variable) for slot in slots]
        for candidate in candidates + ([] if at else list(_beside_optimizer(name, modern))):
            if candidate in modern and modern[candidate]["shape"] == legacy[name]["shape"]:
                partners[name] = candidate
                break
    taken = set(partners.values())
    return Mapping(partners, [name for name in legacy if name not in partners],
                   [name for name in modern if name not in taken])


def _names(variable):
    """What the port may call a variable: the same, or Keras's name for tf-slim's."""
    layer, slash, leaf = variable.rpartition("/")
    return [variable] + ([layer + slash + _LEAVES[leaf]] if leaf in _LEAVES else [])


def _beside_optimizer(name, modern):
    """An optimiser's own state that TensorFlow 1 keeps in a scope: what a schedule has seen.

    `<scope>/<loss>/<schedule>/<leaf>` there is `<phase>/<loss>@<schedule>_<leaf>` in the port.
    """
    for candidate in modern:
        owner, at, leaf = candidate.partition("@")
        if at and name.endswith("/{}/{}".format(owner.split("/")[-1], leaf.replace("_", "/", 1))):
            yield candidate


def _without_suffix(leaf):
    """TensorFlow 1 appends _1 to the second optimiser's beta1_power."""
    stem, _, number = leaf.rpartition("_")
    return stem if number.isdigit() else leaf
