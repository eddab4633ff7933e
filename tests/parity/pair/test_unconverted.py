"""What did not come along, in words."""

from parity.pair import mapping
from parity.pair import unconverted
from tests.parity.pair.described import both, entry, port


def pair():
    return mapping.mapping(*both(
        [entry("a/w", "kernel", [3, 2]), entry("b/w", "kernel", [7, 9]),
         entry("learning_rate", "state", [], "state", False),
         entry("table", "state", [4], "state", False)],
        [port("d/kernel", [3, 2]), port("other/kernel", [5, 5])],
        updates=[{"variable": "a/w", "kind": "Momentum", "slots": {"accum": "a/w/Momentum"},
                  "scope": "o", "constants": {}}]))


def test_of_the_reference_it_is_said_what_each_is_and_whether_the_model_needs_it():
    names = ["a/w", "b/w", "learning_rate", "table", "a/w/Momentum", "elsewhere"]
    nothing = "nothing of the port stands for it"
    assert unconverted.of_reference(pair(), names, names[:-1]) == [
        ("a/w", nothing, True), ("b/w", nothing, True),
        ("learning_rate", "a number of the optimiser", False), ("table", nothing, False),
        ("a/w/Momentum", "nothing of the port's optimiser stands for it", False),
        ("elsewhere", "no variable of the captured program", False)]


def test_of_the_port_each_is_called_as_reports_do():
    places = ["state/0/d/kernel", "state/0/other/kernel", "slot/0/1/d/kernel/m", "own/0/0/power",
              "iterations/0/1", "state/0/frozen"]
    lost = ["slot/0/1/d/kernel/m"]
    assert list(unconverted.of_port(pair(), places, lost, "stays", "untold")) == [
        ("d/kernel", "stays", True), ("other/kernel", "stays", True),
        ("m of d/kernel", "its file does not hold it", False),
        ("power of optimiser 1", "stays", False), ("updates of optimiser 2", "untold", False),
        ("frozen", "stays", False)]
