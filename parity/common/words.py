"""Words that reports and messages have in common."""


def some(names, most):
    """The first names with commas between, and the number of the others: "a, b and 3 more".

    Args:
      names: a list of texts.
      most: the number of names to show.
    """
    more = " and {} more".format(len(names) - most) if len(names) > most else ""
    return ", ".join(names[:most]) + more
