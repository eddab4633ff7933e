"""State and slots without a partner: nothing was compared, which is no difference but is said."""

from parity.judge import differences
from parity.judge import findings
from parity.judge.rungs import state
from parity.judge.rungs.structure import DTYPES

NO_PARTNER = "no partner in the port"


def found(mapping):
    """Findings of rung 7 on a `parity.pair.mapping.Mapping`: counters and averages need none."""
    paired = {row.reference for row in mapping.slots + mapping.own}
    trained = {row.reference for row in mapping.variables.rows}
    names = [entry["name"] for entry in mapping.variables.reference_only
             if entry["name"] not in paired]
    names += [name for update in mapping.reference["updates"] if update["variable"] in trained
              for role, name in update["slots"].items()
              if name not in paired and not role.endswith("_power")]
    for name in dict.fromkeys(names):
        for dtype in DTYPES:
            yield findings.Finding(state.RUNG, dtype, name, differences.NOT_RUN, note=NO_PARTNER)


def line(result):
    """One line that names what was not compared; "" if there is nothing of that kind."""
    names = list(dict.fromkeys(finding.tensor for finding in result.findings
                               if finding.verdict == differences.NOT_RUN
                               and finding.note == NO_PARTNER))
    if not names:
        return ""
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"  not compared, for want of a partner: {', '.join(names[:3])}{rest}"
