"""A captured program's variables as a TensorFlow 1 checkpoint, as `tf.train.Saver` has them.

What a Saver adds to a graph are SaveV2 and RestoreV2 of the variables' names. A captured graph
holds operations and no Python variables, which a Saver would need; the operations are the same.
"""

import tensorflow.compat.v1 as tf

from parity import capture
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
        """Sets the named variables to what the checkpoint `prefix` holds.

        Raises:
          Failure: a name is missing in it, or has another shape or type.
        """
        types = [self._setters[name][1].dtype for name in names]
        with self.graph.as_default():
            read = tf.raw_ops.RestoreV2(prefix=prefix, tensor_names=names,
                                        shape_and_slices=[""] * len(names), dtypes=types)
        try:
            values = self.session.run(read)
        except tf.errors.OpError as error:
            raise capture.Failure("{}: expected a checkpoint of {}, received {}".format(
                prefix, ", ".join(names[:3]), error.message.splitlines()[0]))
        self.load(dict(zip(names, values)))
