"""Describes a capture in words."""
