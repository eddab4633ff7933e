"""Reports on pairs: on the terminal, as JSON, as an HTML page."""
