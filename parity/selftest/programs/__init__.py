"""TensorFlow 1 programs of a few lines, each with one thing that ports get wrong."""
