"""What a captured graph says: optimisers, schedules, clipping, losses, layers, draws."""
