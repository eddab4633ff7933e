"""Finds blocks that follow each other again and again, as layers of a deep network do."""

_MOST = 40  # largest length of a block


def blocks(keys):
    """Yields (start, length, count) of blocks that cover a list, in order.

    Args:
      keys: one for each element; elements with equal keys are alike.
    """
    start = 0
    while start < len(keys):
        length, count = _repeat(keys, start)
        yield start, length, count
        start += length * count


def _repeat(keys, start):
    """(length, count) of the block that folds most elements from one on; (1, 1) for none."""
    best = (1, 1)
    for length in range(1, min(_MOST, len(keys) - start) + 1):
        block, count = keys[start:start + length], 1
        while keys[start + length * count:start + length * (count + 1)] == block:
            count += 1
        if (count > 2 or length > 3 and count > 1) and (
                (count - 1) * length > (best[1] - 1) * best[0]):
            best = (length, count)
    return best
