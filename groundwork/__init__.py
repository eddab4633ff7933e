"""Common ground of both wings, whatever TensorFlow runs: data, weights, flags, run directories."""
