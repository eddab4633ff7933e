"""A ResNet-50 of 25.6 million parameters, as TensorFlow 1 trains it (He et al. 2016)."""

import tensorflow.compat.v1 as tf

BLOCKS = ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))


def conv(net, filters, size, stride, name):
    return tf.layers.conv2d(net, filters, size, stride, "same", use_bias=False, name=name,
                            kernel_initializer=tf.variance_scaling_initializer(2.0))


def norm(net, name):
    return tf.layers.batch_normalization(net, momentum=0.9, epsilon=1e-5, training=True, name=name)


def block(net, filters, stride, project, name):
    with tf.variable_scope(name):
        short = net
        if project:
            short = norm(conv(net, 4 * filters, 1, stride, "conv0"), "bn0")
        net = tf.nn.relu(norm(conv(net, filters, 1, 1, "conv1"), "bn1"))
        net = tf.nn.relu(norm(conv(net, filters, 3, stride, "conv2"), "bn2"))
        net = norm(conv(net, 4 * filters, 1, 1, "conv3"), "bn3")
        return tf.nn.relu(net + short)


def build():
    """Inputs, loss and training operation, for images [2, 64, 64, 3]."""
    images = tf.placeholder(tf.float32, [2, 64, 64, 3], name="images")
    labels = tf.placeholder(tf.int32, [2], name="labels")
    net = tf.nn.relu(norm(conv(images, 64, 7, 2, "stem"), "stem_bn"))
    net = tf.layers.max_pooling2d(net, 3, 2, "same")
    for stage, (filters, count, stride) in enumerate(BLOCKS):
        for number in range(count):
            net = block(net, filters, stride if number == 0 else 1, number == 0,
                        "stage%d_block%d" % (stage, number))
    net = tf.reduce_mean(net, [1, 2])
    logits = tf.layers.dense(net, 1000, name="logits")
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=labels, logits=logits))
    optimizer = tf.train.MomentumOptimizer(0.01, 0.9)
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        train = optimizer.minimize(loss, tf.train.get_or_create_global_step())
    return {"inputs": {"images": images, "labels": labels}, "loss": loss, "train_op": train}
