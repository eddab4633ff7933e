"""What is seen of a state of the variables beside the losses; nothing here changes it."""

import tensorflow.compat.v1 as tf


class Observer(object):
    """Looks at the variables of a Session through the gradients, monitors and views of a program.
    """

    def __init__(self, session, program, phases):
        """Args:
          session: a Session on the program's graph.
          program: the `legacy.program.Program`.
          phases: what `legacy.training.make_phases` gave.
        """
        self._session = session
        self._phases = phases
        with tf.name_scope("observer"):
            self._monitors = program.monitors()
            self._views = program.views()
            self._scalars = [_scalars(*pair) for pair in zip(program.phases, phases)]

    def scalars(self, batch):
        """`{tag: number}`: norms of all phases' gradients from one state, rates and monitors."""
        observed = {}
        for phase, scalars in zip(self._phases, self._scalars):
            observed.update(self._session.run(scalars, _feed_dict([phase], batch)))
        observed.update(
            self._session.run(self._monitors, _feed_dict(self._phases, batch)))
        return observed

    def weights(self):
        """`{name: array}` of the trainable variables."""
        return self._session.run(
            {variable.op.name: variable for variable in tf.trainable_variables()})

    def views(self, names, batch):
        """`{name: array}` of those among `names` that the program has."""
        views = {name: self._views[name] for name in names if name in self._views}
        return self._session.run(views, _feed_dict(self._phases, batch))


def _scalars(phase, operations):
    """`{tag: scalar}`: the global norm of each update's gradients, and its learning rate."""
    scalars = {}
    for update in phase.updates:
        gradients = [operations.gradients[variable.op.name] for variable in update.variables]
        scalars["gradient_norm/" + update.loss] = tf.global_norm(gradients)
        if update.learning_rate is not None:
            scalars["learning_rate/" + update.loss] = tf.convert_to_tensor(update.learning_rate)
    return scalars


def _feed_dict(phases, batch):
    """What the phases are fed; of an input that several take, the last one's."""
    return {placeholder: batch[key] for phase in phases
            for key, placeholder in phase.feeds[0][0].items()}
