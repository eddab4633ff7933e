"""Reads a captured graph: optimisers, schedules, clipping, losses, layers, random draws."""
