"""Which variable, input and random draw of a port stands for which of the TensorFlow 1 program."""
