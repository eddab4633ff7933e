"""What both wings stand on, whatever TensorFlow runs: data, weights, flags and run directories."""
