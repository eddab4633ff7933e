"""Results as lines of text."""

import statistics

from benchmarks.speed import race
from benchmarks.speed import rows

_ROW = "{:41}  {:16}  {:>26}  {:>8}  {:>10}  {:>7}".format


def _spread(values, digits):
    return (f"{statistics.median(values):.{digits}f} "
            f"({min(values):.{digits}f}-{max(values):.{digits}f})")


def _cells(result, modern):
    """The cells after a contestant's name."""
    against = f"{race.ratio(result, modern):.2f}" if modern and modern.milliseconds else ""
    return (_spread(result.milliseconds, 3), against, f"{result.first_step:.1f}",
            f"{result.peak_megabytes:.0f}")


def of_row(row, results):
    """The lines of one row, without a heading."""
    modern = next((result for result in results if result.kind == "modern"), None)
    lines = []
    for result in results:
        named = [str(row) if not lines else "", rows.NAMES[result.kind]]
        if result.failure:
            lines.append(f"{named[0]:41}  {named[1]:16}  failed: {result.failure}")
        else:
            lines.append(_ROW(*named, *_cells(result, modern)))
    return lines


def of_steps(measured, torch_missing):
    """The lines of the table of steps.

    Args:
      measured: `[(row, [race.Result])]`.
      torch_missing: whether no PyTorch was found for the older models' rows.
    """
    lines = [_ROW("model", "contestant", "ms a step", "/ modern", "first step", "peak MB")]
    for row, results in measured:
        lines += of_row(row, results)
        if torch_missing and rows.TORCH[0] in row.kinds(with_torch=True):
            lines.append(f"{'':41}  PyTorch is not installed")
    return lines


def of_costs(costs):
    """The lines of the table of whole commands; `costs` is `{what: [processes.Whole]}`."""
    row = "{:46}  {:>20}  {:>7}".format
    lines = [row("command", "seconds", "peak MB")]
    for what, wholes in costs.items():
        lines.append(row(what, _spread([whole.seconds for whole in wholes], 2),
                         f"{max(whole.peak_megabytes for whole in wholes):.0f}"))
    return lines
