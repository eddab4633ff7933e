"""Describes a captured program, for the pairing with a port."""

from parity.common import arrays
from parity.reference import captured as captures
from parity.reference import far_rates
from parity.reference import initial
from parity.reference import port_order
from parity.reference import steps
from parity.reference.reading import layers
from parity.reference.reading import origins
from parity.reference.reading import structure
from parity.reference.reading import tensors
from parity.reference.reading import updates


def describe(job):
    """Job "describe": description of a program for JSON; writes an example batch.

    Returns:
      A dictionary: "program" and "versions" as captured; "forward", true of a program that does not
      train; "hidden", true where it draws in loops; "drawn", true where it draws at all; "begun",
      reason why the capture begins in the middle of training, or ""; "first_counts",
      `{counter: first value}`; "steps", number of those with inputs, and "without_inputs", of the
      others; "phases" of a step; "bends" of schedules; "races", see `_races`;
      and lists of "variables", "inputs" and "updates"; "made", see `origins.read`.
    """
    captured = captures.read(job["captured"])
    with arrays.Writer(job["example"]) as write:
        for name, value in _example(captured).items():
            write(name, value)
    return {
        "program": captured.header["program"], "versions": captured.header["versions"],
        "forward": steps.runs_forward(captured),
        "hidden": any(call.hidden for call in captured.calls), "drawn": _draws(captured),
        "begun": initial.begun(captured), "first_counts": _first_counts(captured),
        "steps": len(steps.grouped(captured)), "without_inputs": steps.without_inputs(captured),
        "phases": captured.header["calls_a_step"],
        "bends": far_rates.bends(captured), "races": _races(captured),
        "variables": _variables(captured), "inputs": _inputs(captured),
        "updates": [{"variable": update.variable, "kind": update.kind, "slots": update.slots,
                     "scope": update.scope, "constants": update.constants,
                     "counter": _counter(captured, update.rate)}
                    for update in updates.read(captured)],
        "made": origins.read(captured)}


def _races(captured):
    """"read_first" and "in_turn", names of variables that a call reads or writes in no order with
    another write, and how a port's order makes them; "turns", the number of such orders."""
    return {"read_first": port_order.read_first(captured),
            "in_turn": port_order.written_in_turn(captured),
            "turns": len(port_order.all_of(captured))}


def _variables(captured):
    """Entries of the variables that are no slots: those of layers first, in the order of use."""
    found = {}
    for layer in layers.read(captured):
        for role, name in layer.variables.items():
            found[name] = {"role": role, "kind": layer.kind, "layer": layer.name,
                           "forget_bias": layer.settings.get("forget_bias"),
                           "transposed": layer.settings.get("transposed", False)}
    slots = {name for update in updates.read(captured) for name in update.slots.values()}
    for name in captured.variables:
        if name not in found and name not in slots:
            found[name] = {"role": name.rpartition("/")[2], "kind": "state",
                           "layer": name.rpartition("/")[0], "forget_bias": None}
    return [dict(entry, name=name, shape=captured.variables[name]["shape"],
                 dtype=captured.variables[name]["dtype"],
                 trainable=captured.variables[name]["trainable"])
            for name, entry in found.items()]


def _inputs(captured):
    """Entries of the first step's inputs that are no random numbers, in the order of their use.

    Of each: "tensor", "shape" in the first call, "dtype", "open" (the graph's shape, None where it
    is unknown), "phases", "taken" (true where a layer takes it, and not only the loss).
    """
    found, phase, graph = {}, 0, structure.of(captured)
    taken = tensors.ancestors([graph.tensor(layer.input) for layer in layers.read(captured)
                               if layer.input])  # a layer that is only a variable has no input
    for call in steps.grouped(captured)[0]:
        if call.role != "train" and not steps.runs_forward(captured):
            continue
        values = dict(call.fed(), **call.drawn())
        random = {entry["tensor"] for entry in captured.inputs.values() if entry["random"]}
        for name, value in values.items():
            if name not in random:
                entry = found.setdefault(name, {
                    "tensor": name, "shape": list(value.shape), "dtype": value.dtype.name,
                    "open": tensors.shape_of(graph.tensor(name)), "phases": [],
                    "taken": graph.tensor(name).op in taken})
                entry["phases"].append(phase)
        phase += 1
    return sorted(found.values(), key=lambda entry: graph.order(graph.tensor(entry["tensor"]).op))


def _draws(captured):
    """True where calls draw random numbers."""
    random = {entry["tensor"] for entry in captured.inputs.values() if entry["random"]}
    return any(random.intersection(call.stateful) for call in captured.calls)


def _example(captured):
    """`{operation: array}` of the first step's inputs that are no random numbers."""
    names = {entry["tensor"] for entry in _inputs(captured)}
    found = {}
    for call in steps.grouped(captured)[0]:
        found.update((name, value) for name, value in dict(call.fed(), **call.drawn()).items()
                     if name in names)
    names = {entry["tensor"]: name for name, entry in captured.inputs.items()}
    return {names[name]: value for name, value in found.items()}


def _counter(captured, rate):
    """Name of the integer variable from which a schedule computes a rate, or None."""
    if rate is None or rate.kind in ("constant", "variable", "fed"):
        return None
    dtype = captured.variables.get(rate.source, {}).get("dtype", "")
    return rate.source if dtype.startswith("int") else None


def _first_counts(captured):
    """`{counter: first value}`; {} where the capture begins in the middle of training."""
    if initial.begun(captured):
        return {}
    return {name: int(value) for name, value in captured.calls[0].before().items()
            if value.dtype.kind == "i" and value.shape == ()}
