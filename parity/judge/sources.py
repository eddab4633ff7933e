"""The lines of both programs that make the tensor that departs first."""


def of(mapping, first):
    """`{"legacy", "modern"}`: lines, "" where not known; {} if `first`, a finding, is None.

    Args:
      mapping: a `parity.pair.mapping.Mapping`.
      first: the finding.
    """
    if first is None:
        return {}
    path = first.tensor.partition("@")[0]
    theirs = [line for row in mapping.variables.rows if row.port == path
              for line in mapping.reference["sources"].get(row.reference, [])]
    ours = [entry.get("line", "") for entry in mapping.port["variables"] if entry["path"] == path]
    if first.rung >= 6 and path in mapping.optimizers:
        ours = [mapping.port["optimizers"][mapping.optimizers[path]].get("line", "")]
    return {"legacy": (theirs + [""])[0], "modern": (ours + [""])[0]}
