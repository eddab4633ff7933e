"""Comparison of the TensorBoard graphs of a pair."""
