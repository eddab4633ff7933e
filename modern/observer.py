"""What is seen of a state of the variables beside the losses; nothing here changes it."""

import numpy as np
import tensorflow as tf

from modern.program import phase_gradients, phase_inputs


class Observer:
    """Looks at the variables of a model through the gradients, monitors and views of a program.

    Eagerly: compiling another function would cost more than the few passes that are asked for.
    """

    def __init__(self, program):
        """Args:
          program: the `modern.program.Program`.
        """
        self._program = program

    def scalars(self, batch):
        """`{tag: number}`: norms of all phases' gradients from one state, rates and monitors."""
        observed = {}
        for phase in self._program.phases:
            inputs = _inputs([phase], batch)
            observed |= _scalars(phase, phase_gradients(self._program.losses, phase, inputs))
        observed |= self._program.monitors(_inputs(self._program.phases, batch))
        return {tag: np.asarray(value) for tag, value in observed.items()}

    def weights(self):
        """`{name: array}` of the trainable variables."""
        return {variable.path: variable.numpy()
                for variable in self._program.model.trainable_variables}

    def views(self, names, batch):
        """`{name: array}` of those among `names` that the program has."""
        views = {name: self._program.views[name] for name in names if name in self._program.views}
        inputs = _inputs(self._program.phases, batch)
        return {name: np.asarray(view(inputs)) for name, view in views.items()}


def _scalars(phase, computed):
    """`{tag: scalar}`: the global norm of each update's gradients, and its learning rate."""
    scalars = {}
    for update, gradients in zip(phase.updates, computed.gradients):
        scalars["gradient_norm/" + update.loss] = tf.linalg.global_norm(gradients)
        scalars["learning_rate/" + update.loss] = update.optimizer.learning_rate
    return scalars


def _inputs(phases, batch):
    """What the phases are fed; of an input that several take, the last one's."""
    return {name: tf.convert_to_tensor(value) for phase in phases
            for name, value in phase_inputs(phase, batch)[0][0].items()}
