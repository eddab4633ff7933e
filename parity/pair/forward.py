"""Pairs that only run forward: which of their variables are weights."""

_STATISTICS = ("moving_mean", "moving_variance")


def alike(reference, port):
    """The two descriptions, where "trainable" tells weights from moving statistics alone.

    Nothing is trained, so that a port's frozen layers are as good as others.
    """
    def weighed(entries, role):
        return [dict(entry, trainable="float" in entry["dtype"]
                     and entry[role] not in _STATISTICS) for entry in entries]
    return (dict(reference, variables=weighed(reference["variables"], "role")),
            dict(port, variables=weighed(port["variables"], "leaf")))
