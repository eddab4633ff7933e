"""Self-attention over positions (Zhang et al. 2019, §3): of pixels, of time steps."""

import tensorflow.compat.v1 as tf

REDUCTION = 8  # channels of the inputs for each of query, key and value


def attend(query, key, value):
    """The values, mixed for each position by how well its query fits the keys.

    Args:
      query, key: [batch, positions, channels]; their products are not scaled.
      value: [batch, positions, channels].

    Returns:
      The mixtures [batch, positions, channels], and the map [batch, positions, positions], whose
      rows sum to 1.
    """
    weights = tf.nn.softmax(tf.matmul(query, key, transpose_b=True))
    return tf.matmul(weights, value), weights


def self_attention(inputs, scope="attention"):
    """Inputs plus gamma times what they attend to; gamma starts at 0, so that it is learnt.

    Args:
      inputs: [batch, positions, channels].
      scope: of the four kernels and gamma.

    Returns:
      [batch, positions, channels], and the map [batch, positions, positions].
    """
    channels = inputs.shape.as_list()[-1]
    with tf.variable_scope(scope):
        query, key, value = [
            tf.layers.dense(inputs, max(1, channels // REDUCTION), use_bias=False, name=name)
            for name in ("query", "key", "value")]
        mixed, weights = attend(query, key, value)
        mixed = tf.layers.dense(mixed, channels, use_bias=False, name="output")
        gamma = tf.get_variable("attention_gamma", [], inputs.dtype, tf.zeros_initializer())
        return inputs + gamma * mixed, weights
