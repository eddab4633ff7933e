"""What a conversion says on the terminal."""

from parity.pair.conversion import Converted
from parity.pair.unconverted import Unconverted
from parity.report import converted


def test_what_came_along_and_what_did_not():
    found = Converted({"weights": 2, "slots": 4}, [Unconverted("power", "nothing holds it", False)],
                      ["rounded"])
    head, columns = converted.text(found, "model.ckpt", "model.keras").split("did not come along")
    assert head == ("model.ckpt -> model.keras\n  came along: weights: 2, slots: 4\n  rounded\n")
    assert [line.split(maxsplit=1) for line in columns.strip().splitlines()] == [
        ["power", "nothing holds it"]]


def test_where_all_or_nothing_came_along_no_list_follows():
    assert converted.text(Converted({"weights": 2}, [], []), "a", "b") == (
        "a -> b\n  came along: weights: 2\n")
    assert converted.text(Converted({}, [], []), "a", "b") == "a -> b\n  came along: nothing\n"
