"""Records a TensorFlow 1 program: Python 3.7 syntax, NumPy and TensorFlow only."""
