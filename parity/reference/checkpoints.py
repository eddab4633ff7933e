"""Saves and restores a captured program's variables as `tf.train.Saver` does.

A Saver needs Python variables, of which a captured graph has none. Its operations, SaveV2 and
RestoreV2 of the variables' names, are used instead.
"""

import numpy as np
import tensorflow.compat.v1 as tf

from parity import capture
from parity.common import arrays
from parity.reference import captured as captures
from parity.reference import replay


class Variables(replay.Replay):
    """The variables of a captured program in float32, without its calls."""

    def _names_of_calls(self):
        return set(self.captured.variables)

    def save(self, prefix, names):
        """Writes the named variables' values into the checkpoint `prefix`."""
        with self.graph.as_default():
            written = tf.raw_ops.SaveV2(
                prefix=prefix, tensor_names=names, shape_and_slices=[""] * len(names),
                tensors=[tf.identity(self._readers[name]) for name in names])
        self.session.run(written)

    def restore(self, prefix, names):
        """Sets the named variables to their values in the checkpoint `prefix`.

        Raises:
          Failure: a name is missing in the checkpoint, or has another shape or type.
        """
        types = [self._setters[name].value.dtype for name in names]
        with self.graph.as_default():
            read = tf.raw_ops.RestoreV2(prefix=prefix, tensor_names=names,
                                        shape_and_slices=[""] * len(names), dtypes=types)
        try:
            values = self.session.run(read)
        except tf.errors.OpError as error:
            raise capture.Failure("{}: expected a checkpoint of {}, received {}".format(
                prefix, ", ".join(names[:3]), error.message.splitlines()[0]))
        self.load(dict(zip(names, values)))


def save(job):
    """Job "save": writes a checkpoint of a state."""
    variables = Variables(captures.read(job["captured"]))
    with np.load(job["states"], allow_pickle=False) as states:
        variables.load({name: states["{}/{}".format(job["part"], name)] for name in job["names"]})
    variables.save(job["checkpoint"], job["names"])
    variables.close()
    return {}


def restore(job):
    """Job "restore": restores a checkpoint, and writes the variables' values."""
    variables = Variables(captures.read(job["captured"]))
    variables.restore(job["checkpoint"], job["names"])
    with arrays.Writer(job["out"]) as write:
        for name, value in variables.state().items():
            write(name, value)
    variables.close()
    return {}
