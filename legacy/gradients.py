"""From the gradients of a loss to those that an optimiser is given."""

import tensorflow.compat.v1 as tf

KERNELS = ("/kernel", "/weights")


def penalized(gradient, variable, options):
    """Adds the gradient of l1 sum |w| + l2 sum w^2 / 2 for a kernel (D3 §3.4)."""
    # Here and not in the loss, so that curves can be compared whatever the penalty.
    if not variable.op.name.endswith(KERNELS):
        return gradient
    if options.l1:
        gradient += options.l1 * tf.sign(variable)
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


class Sums(object):
    """Sums of tensors over several batches, kept from one `Session.run` to the next.

    Attributes:
      clear: operation that sets them to zero.
      add: operation that adds this batch's tensors.
      means: tensors, in the order of those given.
    """

    def __init__(self, tensors, count):
        # Local: within one step, so neither a checkpoint nor a trace holds them.
        sums = [tf.get_variable("sum_{}".format(index), initializer=tf.zeros(tensor.shape,
                                tensor.dtype), collections=[tf.GraphKeys.LOCAL_VARIABLES],
                                trainable=False)
                for index, tensor in enumerate(tensors)]
        self.clear = tf.group(*[variable.initializer for variable in sums])
        self.add = tf.group(*[tf.assign_add(variable, tensor)
                              for variable, tensor in zip(sums, tensors)])
        self.means = [variable / count for variable in sums]


def mean_losses(batches):
    """The mean of `{loss name: NumPy scalar}` over several batches."""
    first, rest = batches[0], batches[1:]
    return {name: sum((losses[name] for losses in rest), first[name]) / type(first[name])(
        len(batches)) for name in first}
