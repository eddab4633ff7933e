"""The training options in NumPy, and one large batch made of several small ones."""

import re

import numpy as np


def penalized(gradient, weights, l1, l2):
    return gradient + l1 * np.sign(weights) + l2 * weights


def clipped_norm(gradients, limit):
    norm = np.sqrt(sum(np.sum(np.square(gradient)) for gradient in gradients))
    return [gradient * min(1.0, limit / norm) for gradient in gradients]


def averaged(average, weights, decay, dtype):
    """One step of a moving average, whose decay is a number of `dtype`."""
    rest = np.asarray(1, dtype) - np.asarray(decay, dtype)
    return average - (average - weights) * rest.astype(average.dtype)


def generated_numbers(noise, weights):
    """The dense GAN's G: a ReLU layer and a sigmoid one."""
    hidden = np.maximum(
        0, noise @ weights["generator/hidden/kernel"] + weights["generator/hidden/bias"])
    output = hidden @ weights["generator/output/kernel"] + weights["generator/output/bias"]
    return 1 / (1 + np.exp(-output))


def whole_batch(batch, count):
    """A step's batch with the rows of each `count` accumulated batches in one.

    Args:
      batch: `{"<phase>/<i>/<input>": array}`.
    """
    rows = {}
    for key in batch:
        phase, index, name = re.match(r"(\w+)/(\d+)/(\w+)$", key).groups()
        rows.setdefault((phase, int(index) // count, name), []).append(batch[key])
    repeated = {phase for phase, repetition, _ in rows if repetition}
    return {"{}/{}/{}".format(phase, repetition, name) if phase in repeated
            else "{}/{}".format(phase, name): np.concatenate(arrays)
            for (phase, repetition, name), arrays in rows.items()}


# Models and what they accumulate with: both kinds of phases, and one that repeats within a step.
ACCUMULATED = [("dense_gan", {}), ("mlp_gan", {"phases": "alternating"}), ("vae", {}),
               ("wgan", {"n_critic": 2})]
