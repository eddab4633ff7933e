"""The embeddings of `parity.selftest.programs.sequences`: their place, and gradients in NumPy."""

import numpy as np

from parity.causes.place import Place

TABLE = "embedding/embeddings"


def place(captured, rung, optimizer=None, target=TABLE):
    """The `Place` of a variable, the port's optimiser of this configuration."""
    return Place(captured, {"rung": rung, "phase": 0, "target": target, "alike": [], "layers": [],
                            "optimizer": optimizer or {}, "ratio": None, "batch": 4})


def gradients(step):
    """Gradients of the mean cross-entropy of a batch of 4.

    Returns:
      (words [28], gradient of each of them [28, 3], of the kernel [21, 3], of the bias [3]).
    """
    inputs, before = step.phases[0].inputs, step.before
    words, labels = inputs["words:0"], inputs["labels:0"]
    vectors = before[TABLE][words].reshape(4, -1)
    logits = vectors @ before["logits/kernel"] + before["logits/bias"]
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    errors = (shares - np.eye(3)[labels]) / 4
    return (words.ravel(), (errors @ before["logits/kernel"].T).reshape(-1, 3),
            vectors.T @ errors, errors.sum(axis=0))


def summed(step):
    """Gradients of the table [rows, 3], in which those of each use are added up, and of the rest.

    Returns:
      `{variable: array}`.
    """
    words, each_use, kernel, bias = gradients(step)
    table = np.zeros_like(step.before[TABLE])
    np.add.at(table, words, each_use)
    return {TABLE: table, "logits/kernel": kernel, "logits/bias": bias}
