"""Read-only diagnostics: gradient norms, learning rates, D's outputs, reconstructions."""

import tensorflow.compat.v1 as tf


class Probe(object):
    """Looks at one state of a program's variables, and changes nothing."""

    def __init__(self, session, program, phases):
        """Args:
          session: a Session on the program's graph.
          program: the `legacy.program.Program`.
          phases: list of `legacy.training.PhaseOps`.
        """
        self._session = session
        self._phases = phases
        with tf.name_scope("probe"):
            self._metrics = program.metrics()
            self._display_outputs = program.display_outputs()
            self._scalars = [_scalars(*pair) for pair in zip(program.phases, phases)]

    def scalars(self, batch):
        """`{tag: number}`: norms of all phases' gradients from one state, rates and metrics."""
        observed = {}
        for phase, scalars in zip(self._phases, self._scalars):
            observed.update(self._session.run(scalars, _feed_dict([phase], batch)))
        observed.update(self._session.run(self._metrics, _feed_dict(self._phases, batch)))
        return observed

    def weights(self):
        """`{name: array}` of the trainable variables."""
        return self._session.run(
            {variable.op.name: variable for variable in tf.trainable_variables()})

    def display_outputs(self, names, batch):
        """`{name: array}` of those among `names` that the program has."""
        outputs = {name: output for name, output in self._display_outputs.items()
                   if name in names}
        return self._session.run(outputs, _feed_dict(self._phases, batch))


def _scalars(phase, operations):
    """`{tag: scalar}`: the global norm of each update's gradients, and its learning rate."""
    scalars = {}
    for update in phase.updates:
        gradients = [operations.gradients[variable.op.name] for variable in update.variables]
        scalars["optimizer/gradient_norm/" + update.loss] = tf.global_norm(gradients)
        if update.learning_rate is not None:
            scalars["optimizer/learning_rate/" + update.loss] = tf.convert_to_tensor(
                update.learning_rate)
    return scalars


def _feed_dict(phases, batch):
    """`{placeholder: array}` of the phases' first batches; the last one's where several take one.
    """
    return {placeholder: batch[key] for phase in phases
            for key, placeholder in phase.feeds[0][0].items()}
