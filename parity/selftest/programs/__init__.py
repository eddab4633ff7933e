"""TensorFlow 1 programs of a few lines, each with one construct that ports get wrong."""
