"""Which variables of a pair that only runs forward are weights."""

from parity.pair import forward


def test_frozen_layers_are_as_good_as_others_and_statistics_are_told_from_weights():
    reference = {"variables": [
        {"name": "w", "role": "kernel", "dtype": "float32", "trainable": True},
        {"name": "m", "role": "moving_mean", "dtype": "float32", "trainable": False},
        {"name": "n", "role": "n", "dtype": "int64", "trainable": False}]}
    port = {"variables": [
        {"path": "w", "leaf": "kernel", "dtype": "float64", "trainable": False},
        {"path": "m", "leaf": "moving_mean", "dtype": "float64", "trainable": False}]}
    theirs, ours = forward.alike(reference, port)
    assert [entry["trainable"] for entry in theirs["variables"]] == [True, False, False]
    assert [entry["trainable"] for entry in ours["variables"]] == [True, False]
