"""Pool of generated images: D is shown some of earlier steps (Shrivastava et al. 2017)."""

import tensorflow.compat.v1 as tf


def image_pool(images, reads, writes, name):
    """What D is shown in the place of images, and the operation that takes these in.

    The pool is read before it is written; `groundwork.data.pools` says which rows.

    Args:
      images: generated images [batch, ...].
      reads: [batch, size], 1 at the pool's image that is shown; all 0: the image itself.
      writes: [batch, size], 1 at the row where the image is put; all 0: nowhere.

    Returns:
      Images [batch, ...], and a function that makes the assignment.
    """
    shape, size = images.shape.as_list()[1:], reads.shape.as_list()[1]
    with tf.variable_scope(name):
        pool = tf.get_variable("images", [size] + shape, images.dtype, tf.zeros_initializer(),
                               trainable=False)
        kept = tf.reshape(pool, [size, -1])
        flat = tf.reshape(images, [-1, kept.shape.as_list()[1]])
        itself = 1.0 - tf.reduce_sum(reads, axis=1, keepdims=True)
        shown = itself * flat + tf.matmul(reads, kept)
        untouched = 1.0 - tf.reduce_sum(writes, axis=0)[:, tf.newaxis]
        after = untouched * kept + tf.matmul(tf.transpose(writes), flat)
        shown = tf.reshape(shown, [-1] + shape)
        after = tf.reshape(after, [size] + shape)
    return shown, lambda: tf.assign(pool, after)
