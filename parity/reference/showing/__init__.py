"""A capture in words."""
