"""Rung 1: what has a partner of its shape, and what lacks one."""

import types

import pytest

from parity.judge.rungs import structure
from parity.pair import transforms
from parity.pair import variables

ROW = variables.Row("w", "d/kernel", transforms.UNCHANGED, "name")
ALONE = {"name": "v", "shape": [3], "trainable": True, "kind": "dense", "role": "kernel"}


def mapping(*reference_only):
    """What rung 1 looks at of a `Mapping`."""
    return types.SimpleNamespace(variables=variables.Pairing([ROW], list(reference_only), []))


@pytest.mark.parametrize("found, lacks", [(mapping(), False), (mapping(ALONE), True)])
def test_a_trained_variable_without_a_partner_is_lacking(found, lacks):
    assert structure.lacks(found) is lacks
    verdicts = {(each.tensor, each.verdict) for each in structure.found(found)}
    assert verdicts == {("d/kernel", "identical")} | ({("v", "different")} if lacks else set())
