"""Verdicts: what the traces of two sides say of a port, rung by rung."""
