"""The TensorFlow 1 side: a capture, its edits, its replay. Python 3.7, NumPy and TensorFlow."""
