"""Correct Keras 3 ports, one of each program in ../programs."""
