"""tf-slim as `slim`, its batch norm mended for today's TensorFlow; as it is on 1.15.5.

tf-slim 1.1.0 is the last release. It reaches into TensorFlow for two things that have moved.
"""

import importlib
import sys

import tensorflow.compat.v1 as tf
import tf_slim
from tf_slim.layers import layers

slim = tf_slim

if not hasattr(layers.ops, "Tensor"):
    # Batch norm of rank 2 asks whether `is_training` is one of these.
    layers.ops.Tensor = tf.Tensor
    # Batch norm of rank 4 is the class of `tf.layers`, which TensorFlow looks for where tf-keras
    # had it until 2.16.
    sys.modules.setdefault(
        "tf_keras.legacy_tf_layers.normalization",
        importlib.import_module("tf_keras.src.legacy_tf_layers.normalization"))
