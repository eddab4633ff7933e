"""Precision of new layers and optimisers."""

import contextlib

import keras


@contextlib.contextmanager
def precision(dtype):
    """Layers, optimisers and losses made inside have `dtype`, "float32" or "float64".

    Both settings are needed: layers follow the dtype policy, an optimiser's learning rate floatx.
    """
    floatx, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    try:
        yield
    finally:
        keras.config.set_floatx(floatx)
        keras.config.set_dtype_policy(policy)
