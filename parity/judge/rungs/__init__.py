"""One module a rung: what it compares, and in which words it says a difference."""
