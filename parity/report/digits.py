"""Formats of both sides' numbers, with as many digits as tell them apart."""

_FEW, _ALL = 9, 17


def both(entry):
    """[the reference's number, the port's] of a `parity.judge.furthest.Entry`, as texts."""
    shown = [_shown(value, _FEW) for value in (entry.reference, entry.port)]
    if shown[0] == shown[1]:
        shown = [_shown(value, _ALL) for value in (entry.reference, entry.port)]
    return shown


def ratio(entry):
    """The port's number divided by the reference's, as a text; "" where one is 0 or NaN."""
    if not entry.reference or entry.port is None:
        return ""
    value = entry.port / entry.reference
    if value == 1 or f"{value:.6g}" != "1":
        return f"{value:.6g}"
    return f"1 {'+' if value > 1 else '-'} {abs(value - 1):.1e}"


def _shown(value, digits):
    return "no number" if value is None else f"{value:.{digits}g}"
