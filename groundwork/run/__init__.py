"""One training run on disk, and what a person sees of it."""
