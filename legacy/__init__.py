"""The documents' programs in TensorFlow 1: `tf.layers`, placeholders, a Session loop.

Runs unmodified on TensorFlow 1.15.5 and, through `tf.compat.v1`, on today's TensorFlow. There
`tf.layers` lives in tf-keras and answers only when this variable is set before its first use.
"""

import logging
import os
import warnings

os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")

# Both TensorFlows announce that TensorFlow 1 is deprecated; that is why one is here.
warnings.filterwarnings("ignore", message=r"`(tf\.layers|tf\.nn\.rnn_cell|layer\.apply)")
logging.getLogger("tensorflow").addFilter(
    lambda record: "Instructions for updating" not in record.getMessage())
