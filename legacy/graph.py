"""The graph of a program for TensorBoard, and the compute time and memory of one step."""

import tensorflow.compat.v1 as tf

from groundwork import graph_names

# Not among the first, which also pay for the graph optimiser and the first allocations.
TRACED_STEP = 10


def graph_def():
    """The operations that the default graph has so far, with their shapes.

    Called before a Saver or an initialiser is made, or what they add would be drawn, too.
    """
    definition = tf.get_default_graph().as_graph_def(add_shapes=True)
    # The variable's name is the checkpoints'; only the drawing has it inside a box.
    graph_names.rename(definition, {
        node.name: "train/" + node.name for node in definition.node
        if node.name.split("/")[0] == "global_step"})
    return definition


class TracedSession:
    """A Session whose runs are traced; what it computes is what the Session computes.

    Attributes:
      traces: `RunMetadata` of each run, with compute time and memory of each node.
    """

    def __init__(self, session):
        self._session = session
        self.traces = []

    def run(self, fetches, feed_dict=None):
        """As `tf.Session.run`."""
        self.traces.append(tf.RunMetadata())
        return self._session.run(
            fetches, feed_dict, tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE),
            self.traces[-1])
