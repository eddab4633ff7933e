"""Records a Keras 3 program."""
