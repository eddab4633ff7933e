"""TensorBoard graphs of a pair, side by side."""
