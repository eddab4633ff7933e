"""A Keras 3 port, whoever wrote it, observed while it takes training steps."""
