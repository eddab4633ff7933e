"""Modules that both recorders and the comparison share: Python 3.7 syntax and NumPy only."""
