"""Is the port the same model? Records a TensorFlow 1 program and its port, and compares."""
