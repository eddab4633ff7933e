"""Golden files: references of a few kB, against which ports are verified without TensorFlow 1."""
