"""Traces: the arrays of one side, a class to read them, and their file format."""
