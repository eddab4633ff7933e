"""The machine's limit of a step: its matrix products or convolutions and nothing else, as fast as
the fastest library at hand computes them, and one pass over what the optimiser reads and writes.
"""

from concurrent import futures
import importlib
import os
import statistics
import time

import numpy as np

from benchmarks.speed import products
from groundwork import hyperparameters
from groundwork import optimizers
from groundwork import importing

with importing.importing_tensorflow():
    import keras
    import tensorflow as tf
    from benchmarks.speed import kernels

_KINDS = {keras.layers.Dense: "dense", keras.layers.Conv2D: "convolution",
          keras.layers.Conv2DTranspose: "transposed"}
_TRIALS = 9
# Bytes of weights below which starting threads takes longer than the pass over them.
_THREADED = 2 ** 20


def layers_of(network):
    """The `products.Layer`s of a Keras network, in order."""
    kinds = [(layer, kind) for layer in network.layers for known, kind in _KINDS.items()
             if isinstance(layer, known)]
    return [products.Layer(kind, tuple(layer.kernel.shape), tuple(layer.input.shape[1:]),
                           tuple(layer.output.shape[1:])) for layer, kind in kinds]


def passes(program, hparams):
    """The `products.Pass`es of a modern `Program`."""
    return [products.Pass(tuple(update.loss for update in phase.updates),
                          tuple(hparams.phase_inputs()[phase.name]), phase.repeats)
            for phase in program.phases]


def products_of(program, hparams):
    """The `products.Product`s of a step of a modern `Program`."""
    names = (("generator", "discriminator") if hasattr(program.model, "generator")
             else ("encoder", "decoder"))
    networks = {name: layers_of(getattr(program.model, name)) for name in names}
    return products.of_step(networks, passes(program, hparams))


def slots(optimizer):
    """Variables that a rule needs beside each weight; `tf.train`'s RMSprop keeps one more, which
    without momentum says nothing."""
    if isinstance(optimizer, optimizers.RmsProp) and not optimizer.momentum:
        return 1
    return optimizer.slots


class Update:
    """A pass over gradients, weights and slots: the first are read, the others also written."""

    def __init__(self, parameters, slot_count):
        parts = os.cpu_count() if 4 * parameters > _THREADED else 1
        arrays = [np.array_split(np.zeros(parameters, np.float32), parts)
                  for _ in range(2 + slot_count)]
        self._parts = list(zip(*arrays))
        self._threads = futures.ThreadPoolExecutor(parts)

    def __call__(self):
        if len(self._parts) == 1:
            self._move(self._parts[0])
        else:
            list(self._threads.map(self._move, self._parts))

    @staticmethod
    def _move(arrays):
        gradients, weights, *kept = arrays
        np.add(weights, gradients, out=weights)
        for slot in kept:
            np.negative(slot, out=slot)


def _updates(program, hparams):
    return [Update(sum(int(np.prod(variable.shape)) for variable in update.variables),
                   slots(hparams.optimizer))
            for phase in program.phases for update in phase.updates for _ in range(phase.repeats)]


def _in_order(functions):
    def call():
        for function in functions:
            function()
    return call


def ways(counted, rows):
    """Functions that each compute all products: TensorFlow as many at once as it can, NumPy one
    after another."""
    operations = [kernels.by_tensorflow(product, rows) for product in counted]
    found = [tf.function(lambda: [make() for make in operations], autograph=False)]
    if all(product.layer.kind == "dense" for product in counted):
        found.append(_in_order([kernels.by_numpy(product, rows) for product in counted]))
    return found


def fastest(functions, clock=time.perf_counter):
    """The function whose calls take the least time, in the median, after a first one."""
    def seconds(function):
        function()
        taken = []
        for _ in range(_TRIALS):
            begin = clock()
            function()
            taken.append(clock() - begin)
        return statistics.median(taken)

    return min(functions, key=seconds)


def run(unused_kind, settings, pace):
    """Computes the products and moves the memory of one step after another, until the pace ends."""
    hparams = hyperparameters.from_dict(settings["hparams"])
    build = importlib.import_module(
        "modern.models." + hyperparameters.name_of(hparams)).program
    program = build(hparams, "float32")
    step = _in_order([fastest(ways(products_of(program, hparams), settings["batch_size"])),
                      *_updates(program, hparams)])
    pace.run(lambda unused_step: step())
