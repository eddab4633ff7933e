"""The style sheet of a page, and the filter of its findings: CSS, and a script where CSS ends."""

from parity.common import rungs
from parity.report import elements

_LOOKS = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 1.5rem auto; padding: 0 1rem;
 color: #1c1c1c; background: #fff; overflow-wrap: anywhere }
h1 { font-size: 1.5rem } h2 { font-size: 1.2rem; margin: 1.2rem 0 0 } summary h2 { display: inline }
h3 { font-size: 1rem; margin: 1.5rem 0 .3rem } .lead { font-size: 1.1rem; margin: .5rem 0 }
.wide, pre { overflow-x: auto } table { border-collapse: collapse; margin: .4rem 0 }
td, th { border: 1px solid #d8d8d8; padding: .15rem .5rem; text-align: left; vertical-align: top;
 overflow-wrap: break-word } th { background: #f4f4f4 } td span { white-space: nowrap }
code, pre, td i, .layer td:nth-child(2) { font: 13px ui-monospace, monospace }
pre { background: #f6f6f6; padding: .5rem; margin: .3rem 0 }
.write pre, pre.asked { white-space: pre-wrap } .write pre { border-left: 4px solid #176b2c }
.identical, .rounding { color: #176b2c } .rounding { font-style: italic }
.constants, .inconclusive { color: #7a5000 } .different { color: #b3261e; font-weight: 600 }
.not { color: #666 } mark { background: #ffe9a8 }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem } .sides > * { min-width: 0 }
.figures { display: flex; flex-wrap: wrap; gap: 1rem } .figures > * { flex: 0 1 30rem }
figure { margin: 0 0 .5rem; min-width: 0 } img { max-width: 100%; height: auto }
ul { padding-left: 1.2rem } fieldset { border: 1px solid #d8d8d8; margin: .4rem 0 }
details.case { border-top: 1px solid #ccc; padding: .6rem 0 } summary { cursor: pointer }
details.layer { margin: .2rem 0 }
label { white-space: nowrap; margin-right: .8rem; display: inline-block }
dl { margin: .4rem 0 } dd { margin: 0 0 .2rem 1.2rem } [hidden] { display: none }
@media (max-width: 40rem) { .sides { grid-template-columns: 1fr } body { margin-top: .5rem }
 td, th { padding: .1rem .25rem; font-size: 13px } }
"""
# Verdicts of the findings that are listed by layers; identical tensors are only counted.
LISTED = ("rounding", "constants", "inconclusive", "different", "not run")
_SCRIPT = """
function filter(form) {
  const wanted = form.querySelector('[type=search]').value.toLowerCase();
  for (const layer of form.parentElement.querySelectorAll('details.layer')) {
    const name = layer.firstChild.textContent;
    let any = false;
    for (const row of layer.querySelectorAll('tbody tr')) {
      row.hidden = !(name + ' ' + row.textContent).toLowerCase().includes(wanted);
      any = any || getComputedStyle(row).display !== 'none';
    }
    layer.hidden = !any;
  }
}
for (const form of document.querySelectorAll('form')) {
  form.querySelector('label[hidden]').hidden = false;
  form.addEventListener('input', () => filter(form));
}
"""


def css():
    """The style sheet: looks, and rules by which each box of the filter hides rows."""
    boxes = [(elements.kind(verdict), f".is-{elements.kind(verdict)}") for verdict in LISTED]
    boxes += [(f"rung-{number}", f".rung-{number}") for number in rungs.NAMES]
    return _LOOKS + "\n".join(
        f".found:has([name={name}]:not(:checked)) {rows} {{ display: none }}"
        for name, rows in boxes)


def row_classes(row):
    """The CSS classes by which the filter selects a `parity.report.layers.Row`."""
    return f"rung-{row.rung} is-{elements.kind(row.verdict)}"


def filters():
    """The filter: boxes that work without a script, and a field for names that needs one."""
    verdicts = [_box(elements.kind(verdict), f"{elements.SIGNS[verdict]} {verdict}")
                for verdict in LISTED]
    numbers = [_box(f"rung-{number}", f"{number} {name}")
               for number, name in rungs.NAMES.items()]
    return (f'<form><fieldset><legend>show</legend><div>{"".join(verdicts)}</div>'
            f'<div>{"".join(numbers)}</div><label hidden>layer or tensor <input type="search">'
            "</label></fieldset></form>")


def script():
    """The script of the filter."""
    return f"<script>{_SCRIPT}</script>"


def _box(name, said):
    return f'<label><input name="{name}" type="checkbox" checked> {elements.words(said)}</label>'
