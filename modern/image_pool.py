"""Pool of generated images: D is shown some of earlier steps (Shrivastava et al. 2017)."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="modern")
class ImagePool(keras.layers.Layer):
    """What D is shown in the place of images, and the state that takes these in.

    The pool is read before it is written; `groundwork.data.pools` says which rows. It is written in
    `update`, not in the forward pass: an evaluation changes nothing.
    """

    def __init__(self, size, **kwargs):
        super().__init__(**kwargs)
        self.size = size

    def build(self, images_shape, reads_shape, writes_shape):
        self.images = self.add_weight(
            name="images", shape=(self.size, *images_shape[1:]), initializer="zeros",
            trainable=False)

    def call(self, images, reads, writes):
        """Images [batch, ...] that D is shown.

        Args:
          images: generated images [batch, ...].
          reads: [batch, size], 1 at the pool's image that is shown; all 0: the image itself.
          writes: [batch, size], 1 at the row where the image is put; all 0: nowhere.
        """
        kept = ops.reshape(self.images, (self.size, -1))
        flat = ops.reshape(images, (-1, kept.shape[1]))
        itself = 1.0 - ops.sum(reads, axis=1, keepdims=True)
        shown = itself * flat + ops.matmul(reads, kept)
        untouched = 1.0 - ops.sum(writes, axis=0)[:, None]
        after = untouched * kept + ops.matmul(ops.transpose(writes), flat)
        self._after = ops.reshape(after, self.images.shape)
        return ops.reshape(shown, (-1, *self.images.shape[1:]))

    def update(self):
        """Takes in the images of the last batch that was seen."""
        self.images.assign(self._after)

    def get_config(self):
        return {**super().get_config(), "size": self.size}
