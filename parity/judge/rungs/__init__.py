"""Rungs of the ladder, a module each: the tensors to compare, and the words for a difference."""
