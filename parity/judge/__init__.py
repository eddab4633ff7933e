"""Verdicts on a port, rung by rung, from the traces of both sides."""
