"""Writes the skeleton of a Keras 3 port from a captured graph."""
