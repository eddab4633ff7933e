"""Causes: changes of the reference, each with its sentence and the line of Keras that mends it."""
