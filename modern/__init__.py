"""The same programs in Keras 3 on TensorFlow 2: layers, `keras.Model`, `GradientTape`."""

import os

# Keras 3 reads this at its first import; the optimisers here call TensorFlow's update kernels.
os.environ["KERAS_BACKEND"] = "tensorflow"
