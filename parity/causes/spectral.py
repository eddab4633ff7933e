"""Changes of spectral normalisation: its power iteration, its gradient, and what it leaves."""

import functools

import numpy as np
import tensorflow.compat.v1 as tf

from parity.causes import rewiring
from parity.causes.change import Change, Entry, Family, number
from parity.causes.normalisation import EPSILONS
from parity.common.rungs import FORWARD, GRADIENTS, LOSSES, STATE
from parity.reference.reading import spectral_norms

_ITERATIONS = (1, 2, 3, 5, 10)


def _groups(place):
    """Yields lists of `SpectralNorm`s that a port may have otherwise: of all layers, or of one."""
    norms = spectral_norms.read(place.graph)
    near = {op.name for op in place.operations()}
    for kernel in dict.fromkeys(each.kernel for each in norms if each.division in near):
        yield norms
        own = [each for each in norms if each.kernel == kernel]
        if len(own) < len(norms):
            yield own


def _estimated(norm, kernel, vector, iterations, epsilon):
    """(sigma, vector) after some power iterations.

    Args:
      norm: the `SpectralNorm`.
      kernel: a tensor of any shape.
      vector: a tensor of any shape.
      iterations: their number.
      epsilon: added to the norm of a vector.
    """
    def unit(x):
        return x / (tf.sqrt(tf.reduce_sum(tf.square(x))) + epsilon)
    matrix = tf.reshape(kernel, [-1, kernel.shape.as_list()[-1]])
    matrix = matrix if norm.of_columns else tf.transpose(matrix)
    u = tf.reshape(vector, [1, -1])
    for _ in range(iterations):
        v = unit(tf.matmul(u, matrix, transpose_b=True))
        u = unit(tf.matmul(v, matrix))
    u, v = tf.stop_gradient(u), tf.stop_gradient(v)
    return tf.reduce_sum(tf.matmul(v, matrix) * u), u


def _iterated(norms, iterations=None, epsilon=None):
    """The edits that estimate norms, and what is kept of each, otherwise; None for as it is."""
    edits = []
    for norm in norms:
        def made(old, norm=norm, part=0):
            tensor = old.graph.get_tensor_by_name
            estimate = _estimated(
                norm, tensor(norm.plain), tensor(norm.start), iterations or norm.iterations,
                norm.epsilon if epsilon is None else epsilon)
            return tf.reshape(estimate[part], tf.shape(old))
        edits.append(rewiring.substituted([norm.sigma], made))
        if norm.following:
            edits.append(rewiring.substituted(
                [norm.following], functools.partial(made, part=1)))
    return tuple(edits)


def iterations(place):
    """Yields another number of power iterations."""
    for norms in _groups(place):
        present = norms[0].iterations
        for other in dict.fromkeys(place.numbers("power_iterations", "iterations")
                                   + list(_ITERATIONS)):
            if other != present and int(other) == other:
                yield Change(
                    "power iterations", "a spectral norm takes {} power iteration{}, in the "
                    "reference {}".format(other, "" if other == 1 else "s", present),
                    "power_iterations={}".format(present),
                    _iterated(norms, iterations=int(other)), True)


def epsilon(place):
    """Yields a power iteration with another epsilon, the port's first."""
    for family in epsilons(place):
        for value in dict.fromkeys(place.numbers("epsilon") + list(EPSILONS)):
            if value != family.present:
                yield family.change(value)


def epsilons(place):
    """Yields a power iteration with any other epsilon."""
    for norms in _groups(place):
        yield Family(norms[0].epsilon, functools.partial(_of_epsilon, norms))


def _of_epsilon(norms, value):
    return Change("power iteration's epsilon", "vectors of the power iteration are divided by "
                  "their norm plus {}, in the reference {}".format(
                      number(value), number(norms[0].epsilon)),
                  "vector / (norm + {})".format(number(norms[0].epsilon)),
                  _iterated(norms, epsilon=value), True)


def left_out(place):
    """Yields kernels that are not normalised."""
    for norms in _groups(place):
        yield Change(
            "spectral norm", "the kernel is not divided by its spectral norm",
            "a layer that uses kernel / norm",
            tuple(rewiring.substituted([norm.normalised], functools.partial(_plain, norm))
                  for norm in norms), True)


def _plain(norm, old):
    """The kernel as it is; what the program does with the norm besides is still done."""
    plain = tf.reshape(old.graph.get_tensor_by_name(norm.plain), tf.shape(old))
    return tf.where(tf.ones_like(old, tf.bool), plain, old)


def gradients(place):
    """Yields a norm without a gradient."""
    norms = spectral_norms.read(place.graph)
    if norms:
        yield Change("spectral norm's gradient", "no gradient reaches the kernel through its norm",
                     "the norm without stop_gradient, its two vectors with it",
                     tuple(rewiring.substituted([norm.sigma], tf.stop_gradient)
                           for norm in norms), True)


def overwritten(place):
    """Yields kernels that their normalised selves overwrite."""
    norms = spectral_norms.read(place.graph)
    if norms:
        yield Change("spectral norm's kernel", "the kernel is overwritten by its normalised self "
                     "before the pass, as keras.layers.SpectralNormalization does",
                     "a layer that keeps its kernel and uses kernel / norm",
                     tuple(rewiring.substituted(
                         [norm.normalised], functools.partial(_stepped, norm))
                           for norm in norms), True, finish=functools.partial(_overwritten, norms))


def _stepped(norm, old):
    """The normalised kernel, whose gradient is the kernel's as it stands."""
    plain = _plain(norm, old)
    return plain + tf.stop_gradient(old - plain)


def _overwritten(norms, before, after):
    """`{kernel: its normalised self plus the step's update}`."""
    found = {}
    for norm in norms:
        matrix, u = before[norm.kernel], np.ravel(before[norm.vector])
        columns = matrix.reshape([-1, matrix.shape[-1]])
        columns = columns if norm.of_columns else columns.T
        for _ in range(norm.iterations):
            v = columns.dot(u) / np.linalg.norm(columns.dot(u))
            u = v.dot(columns) / np.linalg.norm(v.dot(columns))
        found[norm.kernel] = matrix / v.dot(columns).dot(u) + after[norm.kernel] - matrix
    return found


def vectors(place):
    """Yields vectors that stay as they are."""
    kept = [norm.vector for norm in spectral_norms.read(place.graph)]
    if place.target in kept:
        yield Change("spectral norm's vector", "the vector of a power iteration is not kept",
                     "self.u.assign(...) after each pass in training",
                     finish=lambda before, after: {name: before[name] for name in kept})


ENTRIES = [
    Entry("power iterations", (FORWARD, LOSSES), "a spectral norm by more or fewer of them",
          iterations, "power_iterations=..."),
    Entry("power iteration's epsilon", (FORWARD, LOSSES),
          "another number added to the norm of its vectors", epsilon, "vector / (norm + ...)",
          epsilons),
    Entry("spectral norm", (FORWARD, LOSSES), "kernels that are not normalised", left_out,
          "kernel / norm"),
    Entry("spectral norm's gradient", (GRADIENTS,), "none through the norm", gradients,
          "the norm without stop_gradient"),
    Entry("spectral norm's kernel", (GRADIENTS,), "kernels that normalised ones overwrite",
          overwritten, "a layer that keeps its kernel"),
    Entry("spectral norm's vector", (STATE,), "one that is not kept", vectors,
          "self.u.assign(...)")]
