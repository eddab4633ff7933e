"""Training steps of contestants, each a process of its own, timed in turns within one run."""
