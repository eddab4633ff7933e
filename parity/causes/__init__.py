"""Causes: changes of the reference, each with what it says and writes if it explains a port."""
