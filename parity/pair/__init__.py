"""Pairs variables, inputs and random draws of a port with those of the TensorFlow 1 program."""
