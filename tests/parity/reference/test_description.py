"""What a description says of a program's inputs."""

from parity.common import arrays
from parity.reference import description


def test_inputs_come_in_the_order_of_their_use(captured_program, tmp_path):
    example = str(tmp_path / "example.npz")
    said = description.describe({
        "captured": captured_program("stacked_from_the_end").path, "example": example})
    assert [entry["tensor"] for entry in said["inputs"]] == ["z:0", "ends:0", "a:0"]
    assert {name: value.shape for name, value in arrays.Given([example]).under("").items()} == {
        "z": (4, 5, 3), "ends": (4,), "a": (4, 3)}
