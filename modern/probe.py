"""Read-only diagnostics: gradient norms, learning rates, D's outputs, reconstructions."""

import numpy as np
import tensorflow as tf

from modern.program import phase_gradients, phase_inputs


class Probe:
    """Looks at one state of a program's variables, and changes nothing.

    Eagerly: compiling another function would cost more than the few passes that are asked for.
    """

    def __init__(self, program):
        """Args:
          program: the `modern.program.Program`.
        """
        self._program = program

    def scalars(self, batch):
        """`{tag: number}`: norms of all phases' gradients from one state, rates and metrics."""
        observed = {}
        for phase in self._program.phases:
            inputs = self._inputs([phase], batch)
            observed |= _scalars(phase, phase_gradients(self._program.losses, phase, inputs))
        observed |= self._program.metrics(self._inputs(self._program.phases, batch))
        return {tag: np.asarray(value) for tag, value in observed.items()}

    def weights(self):
        """`{name: array}` of the trainable variables."""
        return {variable.path: variable.numpy()
                for variable in self._program.model.trainable_variables}

    def display_outputs(self, names, batch):
        """`{name: array}` of those among `names` that the program has."""
        outputs = {name: output for name, output in self._program.display_outputs.items()
                   if name in names}
        inputs = self._inputs(self._program.phases, batch)
        return {name: np.asarray(output(inputs)) for name, output in outputs.items()}

    def _inputs(self, phases, batch):
        """`{input: tensor}` of the phases' first batches; the last phase's where several take one.
        """
        count = self._program.options.accumulate_steps
        return {name: tf.convert_to_tensor(value) for phase in phases
                for name, value in phase_inputs(phase, batch, count)[0][0].items()}


def _scalars(phase, computed):
    """`{tag: scalar}`: the global norm of each update's gradients, and its learning rate."""
    scalars = {}
    for update, gradients in zip(phase.updates, computed.gradients):
        scalars["optimizer/gradient_norm/" + update.loss] = tf.linalg.global_norm(gradients)
        scalars["optimizer/learning_rate/" + update.loss] = update.optimizer.learning_rate
    return scalars
