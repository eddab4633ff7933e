"""From the traces of a pair in both precisions to findings."""

from parity import causes
from parity import differences
from parity import drift
from parity import floors
from parity import ladder
from parity.differences import CONSTANTS, DIFFERENT, IDENTICAL, INCONCLUSIVE, NOT_RUN, ROUNDING
from parity.findings import Finding, Result


def _repeatable(pair):
    """Inconclusive findings: what the reference itself does not do twice the same way."""
    for phase, variables in pair.legacy[0]["races"].items():
        for name in variables:
            yield Finding(8, pair.dtype, name, INCONCLUSIVE,
                          note=f"phase {phase} writes it twice with no order between the writes")
    for k, name in pair.repeat:
        yield Finding(8, pair.dtype, name, INCONCLUSIVE, step=k,
                      note="the reference gave another value when run again")


def kernels_changed(pair32, pair64):
    """Types of operations that one precision has and the other has not, on either side."""
    changed = set()
    for side in ("legacy", "modern"):
        types = [set(getattr(pair, side)[0]["op_types"]) - {"Cast"} for pair in (pair32, pair64)]
        changed |= types[0] ^ types[1]
    return sorted(changed)


def _float64_findings(pair):
    gaps = ladder.compared_tensors(pair)
    zeros = ladder.structural_zeros(pair)
    apart = any(rung >= 6 and not gap.identical and gap.relative > differences.FLOAT64_ROUNDING
                for (rung, _, _), gap in gaps.items())
    constants = floors.constant_floors(pair) if apart else {}
    for (rung, name, k), gap in gaps.items():
        change, constant = floors.largest(constants, name, k) if rung >= 6 else (0.0, "")
        verdict = differences.float64_verdict(gap, change)
        note = ""
        if verdict == CONSTANTS:
            note = f"as {constant} moved by one float32 ulp ({change:.1e})" if constant else (
                "as far as a float32-rounded number in it")
        if verdict != IDENTICAL and name.split("@")[0].split("/", 1)[-1] in zeros:
            verdict, note = ROUNDING, "its gradient is zero but for rounding"
        yield Finding(rung, pair.dtype, name, verdict, gap.relative, note, k)


def _float32_findings(pair, float64, changed):
    """Float32 verdicts; `float64` is `{(rung, tensor, k): Finding}`."""
    gaps = ladder.compared_tensors(pair)
    strict = changed and any(rung >= 6 and not gap.identical for (rung, _, _), gap in gaps.items())
    floor = floors.input_floor(pair) if strict else {}
    for (rung, name, k), gap in gaps.items():
        partner = float64.get((rung, name, k))
        own_floor = floor.get((name, k)) if rung >= 6 else None
        verdict = differences.float32_verdict(
            gap, partner.verdict if partner else ROUNDING, own_floor)
        note = partner.note if partner and verdict == partner.verdict else ""
        if verdict == DIFFERENT and changed and partner and partner.verdict != DIFFERENT:
            note = "in float32 only; other kernels there: " + ", ".join(changed)
        yield Finding(rung, pair.dtype, name, verdict, gap.relative, note, k)


def _checkpoint_findings(pair):
    for direction, gap in pair.checkpoints.items():
        yield Finding(9, pair.dtype, direction, IDENTICAL if not gap else DIFFERENT, note=gap)


def _samples(side):
    name = "samples/taps/inference/samples"
    return side[1][name] if name in side[1] else None


def _without_races(findings):
    """What the reference itself leaves open cannot be held against the port."""
    open_names = {finding.tensor for finding in findings if finding.verdict == INCONCLUSIVE}
    for finding in findings:
        if (finding.rung >= 6 and finding.verdict == DIFFERENT
                and finding.tensor.split("@")[0] in open_names):
            finding = finding._replace(
                verdict=INCONCLUSIVE, note="the reference does not settle this variable")
        yield finding


def judge(pair32, pair64):
    """The `Result` of one case."""
    findings = []
    for pair in (pair32, pair64):
        findings += ladder.structure_and_initializers(pair)
    if not any(finding.rung == 1 and finding.verdict == DIFFERENT for finding in findings):
        float64 = list(_float64_findings(pair64))
        by_tensor = {(finding.rung, finding.tensor, finding.step): finding for finding in float64}
        changed = kernels_changed(pair32, pair64)
        findings += list(_float32_findings(pair32, by_tensor, changed)) + float64
        for pair in (pair32, pair64):
            findings += list(_repeatable(pair)) + list(_checkpoint_findings(pair))
    else:
        findings += [Finding(rung, pair.dtype, "all", NOT_RUN, note="the structure differs")
                     for pair in (pair32, pair64) for rung in range(3, 10)]
    findings = sorted(_without_races(findings), key=lambda finding: finding.rung)
    result = Result(
        case=pair32.case.name, findings=findings, cause="", sources={},
        curves=drift.curves(pair32, pair64),
        headers={pair.dtype: {"legacy": pair.legacy[0], "modern": pair.modern[0]}
                 for pair in (pair32, pair64)},
        samples={"legacy": _samples(pair32.legacy),
                 "modern": _samples(pair32.modern)})
    first = result.first_difference
    if first is None:
        return result
    # Float64 explains better: an update is a small difference of large numbers.
    first = next((finding for finding in findings if finding.dtype == "float64" and
                  (finding.rung, finding.tensor, finding.verdict) ==
                  (first.rung, first.tensor, first.verdict)), first)
    pair = pair32 if first.dtype == "float32" else pair64
    return result._replace(cause=causes.cause(first, pair), sources=causes.sources(first, pair))
