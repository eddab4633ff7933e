"""What calls take, and how it is written."""

from parity.reference import call_inputs


class Call:
    """A call, as far as is asked about it."""

    def __init__(self, role):
        self.role = role


class Letters(call_inputs.CallInputs):
    """Calls take their role, and draw as often as it has letters beyond four."""

    def __init__(self):
        pass

    def inputs(self, call):
        return {"x:0": call.role}

    def draws(self, call):
        return [("RandomUniform", number) for number in range(len(call.role) - 4)]


def test_what_the_calls_of_a_step_take_is_written_by_their_roles():
    written = {}
    calls = [Call(role) for role in ("gather", "gather", "train", "write", "train")]
    kinds = Letters().write(3, calls, written.__setitem__)
    assert kinds == ["RandomUniform"] * 7
    assert written == {
        "gathered/3/0/x:0": "gather", "gathered/3/1/x:0": "gather",
        "input/3/0/x:0": "train", "input/3/1/x:0": "train",
        **{"draw/3/0/{}".format(number): value
           for number, value in enumerate([0, 1, 0, 1, 0, 0, 0])}}


def test_of_an_adversarial_program_noise_is_drawn_and_the_rest_is_taken(captured_program):
    captured = captured_program("adversarial")
    source = call_inputs.CallInputs(captured)
    random = {entry["tensor"] for entry in captured.inputs.values() if entry["random"]}
    assert random
    for call in captured.calls:
        given = dict(call.fed(), **call.drawn())
        assert set(source.inputs(call)) == set(given) - random
        assert len(source.draws(call)) == len(random & set(call.stateful))
