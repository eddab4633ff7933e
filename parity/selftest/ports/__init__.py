"""A correct Keras 3 port of each program of ../programs."""
