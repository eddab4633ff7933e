"""Observes a Keras 3 port while it takes training steps."""
