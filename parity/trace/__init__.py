"""Traces of both sides: the class that reads them, and their file format."""
