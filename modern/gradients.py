"""From the gradients of a loss to those that an optimiser is given."""

from keras import ops
import tensorflow as tf

KERNELS = ("/kernel",)


def penalized(gradient, variable, options):
    """Adds the gradient of l1 sum |w| + l2 sum w^2 / 2 for a kernel (D3 §3.4)."""
    # Here and not in the loss, so that curves can be compared whatever the penalty.
    if not variable.path.endswith(KERNELS):
        return gradient
    if options.l1:
        gradient += options.l1 * ops.sign(variable)
    if options.l2:
        gradient += options.l2 * variable
    return gradient


def clipped(gradients, options):
    """Gradients with their global norm, then each value, bounded (D0 §6)."""
    if options.gradient_clip_norm:
        gradients, _ = tf.clip_by_global_norm(gradients, options.gradient_clip_norm)
    if options.gradient_clip_value:
        limit = options.gradient_clip_value
        gradients = [tf.clip_by_value(gradient, -limit, limit) for gradient in gradients]
    return gradients


def finished(gradients, variables, options):
    """Gradients as an optimiser is given them: penalised, then clipped."""
    return clipped([penalized(gradient, variable, options)
                    for gradient, variable in zip(gradients, variables)], options)


def mean(values):
    """The mean of equal structures of tensors, one of each batch."""
    if len(values) == 1:
        return values[0]
    return tf.nest.map_structure(lambda *each: sum(each[1:], each[0]) / len(each), *values)
