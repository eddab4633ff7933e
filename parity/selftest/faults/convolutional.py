"""Faults of convolutions, batch norm, pooling and resizing, in convolutional networks."""

from parity.selftest.fault import Fault

_EPSILON = "normalisation's epsilon"
_LAYOUT = "the kernel as it is in the reference"

FAULTS = [
    Fault("layers.batch_norm_not_fused", "Keras's momentum", "momentum=0.9, ", "", 7,
          "norm/moving_mean", "moving average", "momentum=0.9"),
    Fault("layers.batch_norm_not_fused", "a momentum a little larger", "momentum=0.9, ",
          "momentum=0.9001, ", 7, "norm/moving_mean", "moving average", "momentum=0.9"),
    Fault("layers.batch_norm_not_fused", "statistics that stay", "momentum=0.9, ",
          "momentum=1.0, ", 7, "norm/moving_mean", "moving average"),
    Fault("layers.batch_norm_fused", "PyTorch's epsilon", "layers.BatchNormalization(name",
          "layers.BatchNormalization(epsilon=1e-5, name", 3, "norm", _EPSILON, "epsilon=0.001"),
    Fault("layers.batch_norm_fused", "an epsilon a thousandth larger",
          "layers.BatchNormalization(name", "layers.BatchNormalization(epsilon=1.001e-3, name", 3,
          "norm", _EPSILON, "epsilon=0.001"),
    Fault("activations.instance_norm", "Keras's epsilon", "epsilon=1e-5, ", "", 3, "norm",
          _EPSILON, "epsilon=1e-05"),
    Fault("activations.batch_norm_without_training", "the statistics of the batch", "_Given(",
          "layers.BatchNormalization(", 3, "norm", "batch norm's mode",
          "layer(x, training=False)"),
    Fault("layers.batch_norm_of_rows", "a frozen batch norm", "BatchNormalization(",
          "BatchNormalization(trainable=False, ", 1, "norm/", "structure"),
    Fault("layers.batch_norm_of_rows", "variances that start at 0", "BatchNormalization(",
          'BatchNormalization(moving_variance_initializer="zeros", ', 7,
          "norm/moving_variance at the start", "start", "moving_variance_initializer="),
    Fault("layers.leaky_relu", "Keras's slope", "LeakyReLU(negative_slope=0.1)", "LeakyReLU()", 3,
          "conv/activation", "activation", "keras.layers.LeakyReLU(negative_slope=0.1)"),
    Fault("layers.leaky_relu", "a slope a thousandth larger", "negative_slope=0.1",
          "negative_slope=0.1001", 3, "conv/activation", "activation",
          "keras.layers.LeakyReLU(negative_slope=0.1)"),
    Fault("layers.convolutions", "no activation", 'activation="relu", name="second"',
          'name="second"', 3, "second/activation", "activation", 'activation="relu"'),
    Fault("layers.convolutions", "a flipped kernel", 'name="first")(images)',
          'name="first")(\n        images[:, ::-1, ::-1])[:, ::-1, ::-1]', 3, "first",
          "kernel's layout", _LAYOUT),
    Fault("layers.batch_norm_fused", "height for width",
          'layers.Conv2D(3, 3, use_bias=False, name="conv")(images)',
          'layers.Permute((2, 1, 3))(\n        layers.Conv2D(3, 3, use_bias=False, name="conv")('
          "layers.Permute((2, 1, 3))(images)))", 3, "conv", "kernel's layout", _LAYOUT),
    Fault("layers.convolutions", "channels first where images are flattened",
          'layers.Conv2D(4, 2, activation="relu", name="second")(net)',
          "layers.Permute((3, 1, 2))(\n        layers.Conv2D(4, 2, activation=\"relu\", "
          'name="second")(net))', 3, "logits", "order of channels", "keras.layers.Flatten()"),
    Fault("images.residual", "PyTorch's padding", 'padding="same", activation="relu", '
          'name="first")(net)', 'activation="relu", name="first")(\n        '
          "layers.ZeroPadding2D(1)(net))", 3, "first", "padding", 'padding="same"'),
    Fault("images.padded_by_hand", 'padding "same"', "ZeroPadding2D(1)",
          "ZeroPadding2D(((0, 1), (0, 1)))", 3, "strided", "padding", "ZeroPadding2D(1)"),
    Fault("images.residual", "the stride at the second convolution",
          'strides=2, padding="same", activation="relu", name="first")(net)\n'
          "    net = layers.Conv2D(3, 3, padding", 'padding="same", activation="relu", '
          'name="first")(net)\n    net = layers.Conv2D(3, 3, strides=2, padding', 3, "first",
          "place of the stride", "strides=(2, 2) at first"),
    Fault("layers.transposed_convolution", "cropped at the other end",
          'layers.Conv2DTranspose(\n        4, 3, strides=2, padding="same", activation="tanh", '
          'bias_initializer="glorot_uniform",\n        name="up")(images)',
          'layers.Activation("tanh")(layers.Conv2DTranspose(\n        4, 3, strides=2, '
          'bias_initializer="glorot_uniform",\n        name="up")(images)[:, 1:, 1:])', 3, "up",
          "transposed convolution's crop", "Conv2DTranspose("),
    Fault("layers.pooling", "average for max pooling", "MaxPooling2D(3", "AveragePooling2D(3", 3,
          "logits", "pooling", "keras.layers.MaxPooling2D"),
    Fault("layers.average_pooling_same", "PyTorch's padding of a pooling",
          'layers.AveragePooling2D(3, strides=2, padding="same")(net)',
          "layers.AveragePooling2D(3, strides=2)(layers.ZeroPadding2D(1)(net))", 3, "logits",
          "padding", 'padding="same"'),
    Fault("layers.max_pooling_valid", "the largest for the mean of each channel",
          "GlobalAveragePooling2D", "GlobalMaxPooling2D", 3, "logits", "reduction", "ops.mean"),
    Fault("images.resized_by_lines", "Keras's resize", "_Resized()(net)",
          'layers.Resizing(9, 9, interpolation="bilinear")(net)', 3, "after", "resize",
          "tf.raw_ops.ResizeBilinear("),
    Fault("images.resized_to_nearest", "bilinear for nearest", "UpSampling2D(2)",
          'UpSampling2D(2, interpolation="bilinear")', 3, "after", "resize",
          'interpolation="nearest"'),
    Fault("images.scaled_bytes", "another number of grey levels", "127.5", "128.0", 3, "conv",
          "a number", "127.5 instead of 128")]
