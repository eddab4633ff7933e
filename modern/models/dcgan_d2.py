"""Networks of D2 §2's DCGAN: in each four convolutions, three transposed ones, two dense layers and
an output layer.

D2 gives no sizes: they are our choice, as are batch norm and dropout, which are D0's. Its G would
convolve noise, which has no neighbours, and end in dense layers; §3 instead makes "input features"
of the noise and ends at the size of the image. So G's dense layers stand first here, and its output
layer is a convolution. D's softmax has two outputs, generated and real: of one, it is always 1.
"""

import keras

from modern.layers import Conv2D, CONVOLUTION, FusedBatchNormalization, SeededDropout


def generator(noise_size):
    """Images [batch, 64, 64, 3] in (-1, 1) from noise [batch, noise_size]."""
    layers = [
        keras.Input((noise_size,)),
        keras.layers.Dense(128, activation="leaky_relu", name="dense1"),
        keras.layers.Dense(8 * 8 * 32, activation="leaky_relu", name="dense2"),
        keras.layers.Reshape((8, 8, 32), name="maps")]
    for index in range(1, 5):
        layers += [
            Conv2D(64, **dict(CONVOLUTION, strides=1), name=f"conv{index}"),
            FusedBatchNormalization(momentum=0.8, name=f"conv{index}_norm")]
    for index, depth in enumerate((64, 64, 32), 1):
        layers += [
            keras.layers.Conv2DTranspose(depth, **CONVOLUTION, name=f"deconv{index}"),
            FusedBatchNormalization(momentum=0.8, name=f"deconv{index}_norm")]
    layers.append(Conv2D(
        3, **dict(CONVOLUTION, strides=1, activation="tanh"), name="output"))
    return keras.Sequential(layers, name="generator")


def discriminator(rate):
    """Logits [batch, 2] that images [batch, 64, 64, 3] are generated or real.

    Takes images and the int32 seed [2] of the masks of dropout with `rate`.
    """
    with keras.name_scope("discriminator"):  # or the variables would be named without it
        images = keras.Input((64, 64, 3))
        seed = keras.Input(batch_shape=(2,), dtype="int32")
        net = images
        for index, depth in enumerate((32, 64, 64, 64), 1):
            net = Conv2D(depth, **CONVOLUTION, name=f"conv{index}")(net)
            net = SeededDropout(rate, (0, index - 1), name=f"dropout{index}")(net, seed)
        for index, depth in enumerate((32, 16, 8), 1):
            net = keras.layers.Conv2DTranspose(depth, **CONVOLUTION, name=f"deconv{index}")(net)
        net = keras.layers.Flatten(name="flat")(net)
        net = keras.layers.Dense(64, activation="leaky_relu", name="dense1")(net)
        net = keras.layers.Dense(64, activation="leaky_relu", name="dense2")(net)
        logits = keras.layers.Dense(2, name="logits")(net)
    return keras.Model([images, seed], logits, name="discriminator")
