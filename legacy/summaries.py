"""Event files for TensorBoard."""

import io

import tensorflow.compat.v1 as tf


class Events:
    """The event files of one run; tags are those of the modern wing."""

    def __init__(self, folder, graph, first_step):
        self._writer = tf.summary.FileWriter(folder, graph)
        # TensorBoard drops what an interrupted process wrote from this step on.
        self._writer.add_session_log(
            tf.SessionLog(status=tf.SessionLog.START), global_step=first_step)

    def scalars(self, step, losses):
        """Writes `{name: float}` as `loss/<name>`."""
        self._writer.add_summary(tf.Summary(value=[
            tf.Summary.Value(tag="loss/" + name, simple_value=value)
            for name, value in losses.items()]), step)

    def image(self, step, grid):
        """Writes a uint8 grid [height, width] as `samples/image`."""
        from PIL import Image  # pylint: disable=g-import-not-at-top
        png = io.BytesIO()
        Image.fromarray(grid).save(png, format="PNG")
        image = tf.Summary.Image(height=grid.shape[0], width=grid.shape[1], colorspace=1,
                                 encoded_image_string=png.getvalue())
        self._writer.add_summary(
            tf.Summary(value=[tf.Summary.Value(tag="samples/image", image=image)]), step)

    def close(self):
        """Writes what is buffered."""
        self._writer.close()
