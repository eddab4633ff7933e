"""The same ResNet-50 in stock Keras."""

import keras
from keras import layers

BLOCKS = ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))


def conv(net, filters, size, stride, name):
    return layers.Conv2D(filters, size, stride, "same", use_bias=False, name=name,
                         kernel_initializer=keras.initializers.VarianceScaling(2.0))(net)


def norm(net, name):
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=name)(net)


def block(net, filters, stride, project, name):
    short = net
    if project:
        short = norm(conv(net, 4 * filters, 1, stride, name + "_conv0"), name + "_bn0")
    net = layers.ReLU()(norm(conv(net, filters, 1, 1, name + "_conv1"), name + "_bn1"))
    net = layers.ReLU()(norm(conv(net, filters, 3, stride, name + "_conv2"), name + "_bn2"))
    net = norm(conv(net, 4 * filters, 1, 1, name + "_conv3"), name + "_bn3")
    return layers.ReLU()(layers.Add()([net, short]))


def build():
    """Returns (model, loss, optimizer)."""
    images = keras.Input((64, 64, 3), name="images")
    net = layers.ReLU()(norm(conv(images, 64, 7, 2, "stem"), "stem_bn"))
    net = layers.MaxPooling2D(3, 2, "same")(net)
    for stage, (filters, count, stride) in enumerate(BLOCKS):
        for number in range(count):
            net = block(net, filters, stride if number == 0 else 1, number == 0,
                        "stage%d_block%d" % (stage, number))
    net = layers.GlobalAveragePooling2D()(net)
    logits = layers.Dense(1000, name="logits")(net)
    return (keras.Model(images, logits),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            keras.optimizers.SGD(0.01, 0.9))
