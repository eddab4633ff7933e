"""Parity mode: the arithmetic that `parity` verifies, so that what is verified is what is trained.

One thread, no oneDNN, no graph optimiser, no compilation, no GPU: kernels as the program names
them, in an order that depends on nothing. Slower, and equal bit for bit in both wings.
"""

import os

THREADS = 1


def set_environment():
    """Sets what TensorFlow reads when it is imported; call this before."""
    os.environ.update({
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "TF_NUM_INTRAOP_THREADS": str(THREADS),
        "TF_NUM_INTEROP_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "-1",
    })
