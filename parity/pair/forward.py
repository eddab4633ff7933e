"""Descriptions of pairs that only run forward, prepared for the pairing of variables."""

_STATISTICS = ("moving_mean", "moving_variance")


def alike(reference, port):
    """Copies of two descriptions in which "trainable" is true of weights, false of statistics.

    Nothing is trained in such a pair, so that frozen layers of a port count as weights, too.
    """
    def weighed(entries, role):
        return [dict(entry, trainable="float" in entry["dtype"]
                     and entry[role] not in _STATISTICS) for entry in entries]
    return (dict(reference, variables=weighed(reference["variables"], "role")),
            dict(port, variables=weighed(port["variables"], "leaf")))
