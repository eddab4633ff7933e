"""The frame of a Keras 3 port, written from what a captured graph says."""
