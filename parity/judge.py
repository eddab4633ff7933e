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


def kernels_changed(first, second):
    """Types of operations that one precision has and the other has not, on either side."""
    changed = set()
    for side in ("legacy", "modern"):
        types = [set(getattr(pair, side)[0]["op_types"]) - {"Cast"} for pair in (first, second)]
        changed |= types[0] ^ types[1]
    return sorted(changed)


def _float64_findings(pair):
    gaps = ladder.compared_tensors(pair)
    zeros = ladder.structural_zeros(pair)
    apart = any(rung >= 6 and differences.float64_verdict(gap) in (CONSTANTS, DIFFERENT)
                for (rung, _, _), gap in gaps.items())
    constants = floors.constant_floors(pair) if apart and pair.perturb else {}
    owners = pair.legacy[0]["owners"]
    possible = floors.admissible(
        constants, {(name, k): gap for (rung, name, k), gap in gaps.items() if rung == 8}, owners)
    for (rung, name, k), gap in gaps.items():
        owner = owners.get(name.split("@")[0])
        change, constant = (
            floors.largest(possible.get(owner, {}), name, k) if rung >= 6 else (0.0, ""))
        verdict = differences.float64_verdict(gap, change)
        note = ""
        if verdict == CONSTANTS:
            note = f"as {constant} moved by one float32 ulp ({change:.1e})" if constant else (
                "as far as a float32-rounded number in it")
        if verdict != IDENTICAL and name.split("@")[0].split("/", 1)[-1] in zeros:
            verdict, note = ROUNDING, "its gradient is zero but for rounding"
        yield Finding(rung, pair.dtype, name, verdict, gap.relative, note, k)


def _above_floor(pair, steps, changed):
    """Names that are above measured rounding after every step; None: it was not measured.

    It is measured where float64 does not speak for float32, since kernels changed their meaning
    between the two, and where a step is further apart than one pass ever was.

    Args:
      pair: the float32 `Pair`.
      steps: `{(state name, k): Difference}` of rung 8.
      changed: kernels that only one of the precisions has.
    """
    if not pair.perturb:
        return None
    doubtful = {name for (name, _), gap in steps.items() if not gap.identical and (
        changed or gap.relative > differences.FLOAT32_ROUNDING)}
    if not doubtful:
        return doubtful
    return doubtful & floors.always_above(steps, floors.input_floor(pair))


def _float32_findings(pair, float64, changed):
    """Float32 verdicts; `float64` is `{(rung, tensor, k): Finding}`."""
    gaps = ladder.compared_tensors(pair)
    steps = {(name, k): gap for (rung, name, k), gap in gaps.items() if rung == 8}
    above = _above_floor(pair, steps, changed)
    for (rung, name, k), gap in gaps.items():
        partner = float64.get((rung, name, k))
        above_floor = None if above is None or (name, k) not in steps else name in above
        verdict = differences.float32_verdict(
            gap, partner.verdict if partner else ROUNDING, above_floor)
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


def _tensor_findings(by_dtype):
    """Rungs 3 to 9 of the precisions that were recorded."""
    float64 = list(_float64_findings(by_dtype["float64"])) if "float64" in by_dtype else []
    findings = list(float64)
    if "float32" in by_dtype:
        known = {(finding.rung, finding.tensor, finding.step): finding for finding in float64}
        changed = kernels_changed(*by_dtype.values()) if float64 else []
        findings = list(_float32_findings(by_dtype["float32"], known, changed)) + findings
    for pair in by_dtype.values():
        findings += list(_repeatable(pair)) + list(_checkpoint_findings(pair))
    return findings


def judge(name, pairs):
    """The `Result` of one case.

    Args:
      name: of the case.
      pairs: its `Pair`s, one a precision; float32 alone is judged as if float64 agreed.
    """
    by_dtype = {pair.dtype: pair for pair in pairs}
    findings = [finding for pair in pairs for finding in ladder.structure_and_initializers(pair)]
    if any(finding.rung == 1 and finding.verdict == DIFFERENT for finding in findings):
        findings += [Finding(rung, pair.dtype, "all", NOT_RUN, note="the structure differs")
                     for pair in pairs for rung in range(3, 10)]
    else:
        findings += _tensor_findings(by_dtype)
    findings = sorted(_without_races(findings), key=lambda finding: finding.rung)
    result = Result(
        case=name, findings=findings, cause="", sources={}, curves=drift.curves(pairs),
        headers={pair.dtype: {"legacy": pair.legacy[0], "modern": pair.modern[0]}
                 for pair in pairs},
        samples={"legacy": _samples(pairs[0].legacy), "modern": _samples(pairs[0].modern)})
    return _explained(result, by_dtype)


def _explained(result, by_dtype):
    """The result with the cause and the source lines of its first difference."""
    first = result.first_difference
    if first is None:
        return result
    # Float64 explains better: an update is a small difference of large numbers.
    first = next((finding for finding in result.findings if finding.dtype == "float64" and
                  (finding.rung, finding.tensor, finding.verdict) ==
                  (first.rung, first.tensor, first.verdict)), first)
    pair = by_dtype[first.dtype]
    return result._replace(cause=causes.cause(first, pair), sources=causes.sources(first, pair))
