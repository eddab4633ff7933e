"""Names of tensors in findings."""

from parity.judge import tensor_names


def test_phases_and_optimisers_are_named_from_one():
    assert tensor_names.of_phase("d:0", 0) == "d:0 of phase 1"
    assert tensor_names.of_optimizer("power", 1) == "power of optimiser 2"


def test_a_name_gives_back_what_it_was_made_of():
    slot = tensor_names.of_slot("net/w", "m")
    assert slot == "net/w@m" and tensor_names.is_slot(slot) and not tensor_names.is_slot("net/w")
    for name in (slot, "net/w", slot + tensor_names.AT_THE_START):
        assert tensor_names.variable_of(name) == "net/w"
    assert tensor_names.loss_of(tensor_names.of_phase("d:0", 3)) == "d:0"
