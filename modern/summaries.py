"""Event files for TensorBoard."""

import tensorflow as tf


class Events:
    """The event files of one run; tags are those of the legacy wing."""

    def __init__(self, folder, first_step):
        del first_step
        self._writer = tf.summary.create_file_writer(folder)

    def scalars(self, step, losses):
        """Writes `{name: float}` as `loss/<name>`."""
        with self._writer.as_default(step):
            for name, value in losses.items():
                tf.summary.scalar("loss/" + name, value)

    def image(self, step, grid):
        """Writes a uint8 grid [height, width] as `samples/image`."""
        with self._writer.as_default(step):
            tf.summary.image("samples/image", grid[None, :, :, None])

    def close(self):
        """Writes what is buffered."""
        self._writer.close()
