"""The report on a conversion, for the terminal."""

from parity.pair import table


def text(result, source, target):
    """The report on a conversion.

    Args:
      result: a `parity.pair.conversion.Converted`.
      source, target: paths of the files that were read and written.
    """
    came = ", ".join(f"{what}: {count}" for what, count in result.came.items())
    lines = [f"{source} -> {target}", f"  came along: {came or 'nothing'}"]
    lines += ["  " + note for note in result.notes]
    left = table.columns([(each.name, each.why) for each in result.left]) if result.left else ""
    return "\n".join(lines) + "\n" + (f"did not come along\n{left}" if left else "")
