"""Spectral normalisation of kernels (Miyato et al. 2018), as a custom getter of variable scopes."""

import tensorflow.compat.v1 as tf

EPSILON = 1e-12  # of the authors' code
_UPDATES = "spectral_norm_updates"


def unit(vector):
    """A vector [1, length] divided by its norm."""
    return vector / (tf.sqrt(tf.reduce_sum(tf.square(vector))) + EPSILON)


def power_iteration(matrix, u):
    """One step towards the largest singular value of a matrix (Miyato et al. 2018, Algorithm 1).

    Args:
      matrix: [rows, columns].
      u: [1, columns], the estimate so far of its first singular vector.

    Returns:
      The singular value, a scalar whose gradient reaches the matrix alone, and the next `u`.
    """
    v = unit(tf.matmul(u, matrix, transpose_b=True))
    u = tf.stop_gradient(unit(tf.matmul(v, matrix)))
    v = tf.stop_gradient(v)
    sigma = tf.matmul(tf.matmul(v, matrix), u, transpose_b=True)
    return tf.reshape(sigma, []), u


def normalized(kernel, u):
    """A kernel [..., columns] divided by its spectral norm, and the next `u` [1, columns]."""
    kernel = tf.identity(kernel)  # read once: a sum of two gradients has no order
    matrix = tf.reshape(kernel, [-1, kernel.shape.as_list()[-1]])
    sigma, following = power_iteration(matrix, u)
    return kernel / sigma, following


def custom_getter(getter, name, *args, **kwargs):
    """Gives the layers of a variable scope their kernels normalised.

    Beside each kernel lies `u`, from which every pass takes one iteration; what it leads to is kept
    by `updates` alone. So all passes of a phase, and sampling, see one and the same kernel.
    """
    variable = getter(name, *args, **kwargs)
    if not name.endswith("/kernel"):
        return variable
    u = getter(name[:-len("kernel")] + "u", shape=[1, variable.shape.as_list()[-1]],
               dtype=variable.dtype.base_dtype, initializer=tf.random_normal_initializer(),
               trainable=False, reuse=kwargs["reuse"], use_resource=True)
    scope = tf.get_variable_scope()  # variables are made outside of any name scope
    with tf.name_scope(scope.original_name_scope + "spectral_norm/"):
        kernel, following = normalized(variable, u)
    if not scope.reuse:
        tf.add_to_collection(_UPDATES, (u, following))
    return kernel


def updates(options):
    """Operations that keep each `u` that the passes led to, but the frozen ones."""
    return [tf.assign(u, following) for u, following in tf.get_collection(_UPDATES)
            if not options.freezes(u.op.name)]
