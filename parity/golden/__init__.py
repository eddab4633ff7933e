"""Golden files: a reference in a few kB, against which a port is verified without TensorFlow 1."""
