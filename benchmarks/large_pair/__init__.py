"""A pair of 25.6 million parameters."""
