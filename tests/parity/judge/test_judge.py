"""Verdicts on hand-made traces of one dense layer trained by gradient descent."""

import numpy as np
import pytest

from parity.judge import differences
from parity.judge import findings
from parity.judge import judge
from parity.judge.compared import Compared, NoiseFloor
from parity.judge.furthest import Entry, Numbers
from parity.judge.sides import Sides
from parity.judge.trained import TRAINED
from parity.pair import slots
from parity.pair import transforms
from parity.pair import variables

STEPS = (0, 1)


def traces(dtype):
    """(reference, port): equal traces of two steps."""
    random = np.random.RandomState(0)
    reference, port = {}, {}
    for step in STEPS:
        before, gradient = (random.standard_normal((3, 2)).astype(dtype) for _ in range(2))
        slot = random.standard_normal((3, 2)).astype(dtype)
        after, slot_after = before - gradient, slot + gradient
        reference.update({
            f"before/{step}/w": before, f"after/{step}/w": after,
            f"before/{step}/w/Momentum": slot, f"after/{step}/w/Momentum": slot_after,
            f"gradient/{step}/0/w": gradient, f"rate/{step}/0/w": np.asarray(0.5, dtype),
            f"loss/{step}/0/loss:0": np.asarray(2.5, dtype),
            f"output/{step}/0/dense": random.standard_normal((4, 2)).astype(dtype)})
        port.update({
            f"after/{step}/d/kernel": after, f"clipped/{step}/0/d/kernel": gradient,
            f"loss/{step}/loss": np.asarray(2.5, dtype),
            f"output/{step}/d": reference[f"output/{step}/0/dense"],
            f"slot_after/{step}/0/d/kernel/momentum": np.asarray(-0.5, dtype) * slot_after})
    return reference, port


def judged(change=lambda reference, port: None, beside=()):
    """The `Result` of the traces, both precisions changed by a function of (reference, port).

    `beside` are findings of other rungs.
    """
    rows = [variables.Row("w", "d/kernel", transforms.UNCHANGED, "name")]
    held = [slots.Row("w/Momentum", "w", "d/kernel", "momentum", True)]
    seen = {}
    for dtype in ("float32", "float64"):
        reference, port = traces(dtype)
        change(reference, port)
        sides = Sides(reference, port, variables.Pairing(rows, [], []), held, STEPS,
                      {"d/kernel": 0})
        seen[dtype] = judge.comparison(TRAINED.compared(sides), sides, dtype)
    return judge.judge("port", seen, list(beside), dict.fromkeys(seen, {}), TRAINED)


def judged_alone(change):
    """The `Result` of the float32 traces alone, changed by a function of (reference, port)."""
    rows = [variables.Row("w", "d/kernel", transforms.UNCHANGED, "name")]
    held = [slots.Row("w/Momentum", "w", "d/kernel", "momentum", True)]
    reference, port = traces("float32")
    change(reference, port)
    sides = Sides(reference, port, variables.Pairing(rows, [], []), held, STEPS, {"d/kernel": 0})
    seen = judge.comparison(TRAINED.compared(sides), sides, "float32")
    return judge.judge("port", {"float32": seen}, [], {"float32": {}}, TRAINED)


def first(result):
    found = result.first_difference
    return found and (found.rung, found.tensor, found.verdict)


def test_equal_traces_are_identical_on_every_rung_that_they_hold():
    result = judged()
    assert result.verdict == differences.IDENTICAL and findings.exit_status([result]) == 0
    assert [result.rung(rung, "float64") for rung in range(3, 9)] == ["identical"] * 6


@pytest.mark.parametrize("name,rung,tensor", [
    ("loss/0/loss", 4, "loss:0 of phase 1"), ("clipped/0/0/d/kernel", 5, "d/kernel"),
    ("after/0/d/kernel", 6, "d/kernel"), ("slot_after/0/0/d/kernel/momentum", 7,
                                          "d/kernel@momentum"),
    ("after/1/d/kernel", 8, "d/kernel")])
def test_what_is_otherwise_is_different_at_its_rung(name, rung, tensor):
    def change(reference, port):
        port[name] = port[name] * port[name].dtype.type(1.001)
    result = judged(change)
    assert first(result) == (rung, tensor, differences.DIFFERENT)
    assert findings.exit_status([result]) == 1


def test_a_checkpoint_comes_after_what_training_shows():
    def change(reference, port):
        port["after/0/d/kernel"] = 1.001 * port["after/0/d/kernel"]
    lost = findings.Finding(9, "float32", "Keras 3 to TensorFlow 1", differences.DIFFERENT)
    assert first(judged(change, [lost])) == (6, "d/kernel", differences.DIFFERENT)


@pytest.mark.parametrize("name", ["clipped/0/0/d/kernel", "slot_after/1/0/d/kernel/momentum"])
def test_what_the_port_lacks_is_different(name):
    result = judged(lambda reference, port: port.pop(name))
    assert result.verdict == differences.DIFFERENT


def test_an_update_more_than_the_reference_makes_is_different():
    def change(reference, port):
        port["clipped/0/1/d/kernel"] = port["clipped/0/0/d/kernel"]
    result = judged(change)
    assert first(result) == (1, "d/kernel", differences.DIFFERENT)
    assert result.first_difference.note == "updated twice in a step, in the reference once"
    assert findings.exit_status([result]) == 2


@pytest.mark.parametrize("listed, rung", [((), 1), (("b",), 1), (("d/kernel",), 5)])
def test_a_variable_without_gradient_is_no_other_structure_where_the_port_updates_it(listed, rung):
    def change(reference, port):
        del port["clipped/0/0/d/kernel"]
        port["updated/0/0"] = np.array(listed, np.str_)
    assert first(judged(change)) == (rung, "d/kernel", differences.DIFFERENT)


def test_a_loss_of_each_row_is_compared_with_the_like_or_its_sum_or_mean():
    for said in (lambda rows: rows, np.sum, np.mean):
        def change(reference, port, off=0.0, said=said):
            for step in STEPS:
                rows = np.arange(5.0) + 1
                reference[f"loss/{step}/0/loss:0"] = rows.astype(
                    reference[f"loss/{step}/0/loss:0"].dtype)
                port[f"loss/{step}/loss"] = (said(rows) * (1 + off)).astype(
                    port[f"loss/{step}/loss"].dtype)
        assert judged(change).rung(4, "float64") == differences.IDENTICAL
        assert first(judged(lambda *sides, change=change: change(*sides, off=1e-6))) == (
            4, "loss:0 of phase 1", differences.DIFFERENT)


def test_a_loss_that_a_port_of_two_networks_does_not_return_is_not_run():
    def change(reference, port):
        for step in STEPS:
            reference[f"loss/{step}/0/other:0"] = 3 * reference[f"loss/{step}/0/loss:0"]
    result = judged(change)
    assert findings.exit_status([result]) == 0
    assert {finding.note for finding in result.findings
            if finding.verdict == differences.NOT_RUN} == {
                "the port returns no loss that is near it, and its gradients agree"}

    def wrong(reference, port):
        change(reference, port)
        port["clipped/0/0/d/kernel"] = port["clipped/0/0/d/kernel"] * 2
    assert first(judged(wrong)) == (4, "other:0 of phase 1", differences.DIFFERENT)

def test_what_rounded_constants_explain_is_constants():
    def change(reference, port):
        for step in STEPS:
            name = f"after/{step}/w"
            off = (reference[name] - reference[f"before/{step}/w"]) * 1e-5
            reference["stored_" + name] = (reference[name] + off).astype(off.dtype)
            port[f"after/{step}/d/kernel"] = (reference[name] + 0.7 * off).astype(off.dtype)
    result = judged(change)
    assert result.verdict == differences.CONSTANTS
    assert first(result)[0] == 6


def test_each_tensor_of_each_rung_and_step_has_the_float64_verdict_of_its_own():
    same, near, far = (differences.Difference(not off, off) for off in (0.0, 1e-6, 1e-3))
    places = [(8, "w", 1), (8, "w", 2), (8, "v", 1), (7, "w", 1)]
    wide = [Compared(*place, difference, NoiseFloor(constants=1e-3)) for place, difference in zip(
        places, (far, same, same, same))]
    narrow = [Compared(*place, near) for place in places]
    result = judge.judge("port", {"float32": judge.Comparison(narrow, set()),
                                  "float64": judge.Comparison(wide, set())}, [], {}, TRAINED)
    verdicts = {(finding.dtype, finding.rung, finding.tensor, finding.step): finding.verdict
                for finding in result.findings}
    assert [verdicts["float64", *place] for place in places] == ["constants"] + 3 * ["identical"]
    assert [verdicts["float32", *place] for place in places] == ["constants"] + 3 * ["rounding"]


def test_a_layer_without_a_partner_counts_only_where_losses_differ():
    def no_partner(reference, port):
        port["output/0/d"] = port["output/0/d"] + 1
    assert judged(no_partner).verdict == differences.IDENTICAL

    def wrong(reference, port):
        no_partner(reference, port)
        port["loss/0/loss"] = port["loss/0/loss"] * 2
        port["clipped/0/0/d/kernel"] = port["clipped/0/0/d/kernel"] * 2
    assert first(judged(wrong)) == (3, "dense", differences.DIFFERENT)


def test_a_layer_without_a_partner_does_not_count_where_its_activation_agrees():
    def change(reference, port):
        reference["output/0/0/dense/activation"] = port["output/0/d"].copy()
        reference["output/0/0/dense"] = reference["output/0/0/dense"] + 1
        port["loss/0/loss"] = port["loss/0/loss"] * 2
        port["clipped/0/0/d/kernel"] = port["clipped/0/0/d/kernel"] * 2
    assert first(judged(change)) == (4, "loss:0 of phase 1", differences.DIFFERENT)


@pytest.mark.parametrize("said", [0, 1])
def test_of_a_loss_of_several_phases_the_port_says_one(said):
    def change(reference, port):
        reference["loss/0/1/loss:0"] = reference["loss/0/0/loss:0"] + 1
        reference["gradient/0/1/w"] = reference["gradient/0/0/w"]
        port["clipped/0/1/d/kernel"] = port["clipped/0/0/d/kernel"]
        port["loss/0/loss"] = reference[f"loss/0/{said}/loss:0"]
    assert judged(change).verdict == differences.IDENTICAL


def test_not_a_number_is_not_identical():
    def change(reference, port):
        port["after/0/d/kernel"] = port["after/0/d/kernel"] * np.nan
    assert first(judged(change)) == (6, "d/kernel", differences.DIFFERENT)


def test_not_a_number_on_both_sides_is_no_success():
    def change(reference, port):
        reference["after/0/w"] = port["after/0/d/kernel"] = reference["after/0/w"] * np.nan
    result = judged(change)
    assert first(result) == (6, "d/kernel", differences.INCONCLUSIVE)
    assert findings.exit_status([result]) == 3


def test_biased_variances_of_keras_are_constants_and_said():
    def change(reference, port):
        for step in STEPS:
            name = f"after/{step}/w"
            biased = reference[f"before/{step}/w"] - reference[f"gradient/{step}/0/w"] * (
                reference[name].dtype.type(0.9))
            reference["biased_" + name] = biased
            port[f"after/{step}/d/kernel"] = biased
    result = judged(change)
    assert result.verdict == differences.CONSTANTS
    assert "n / (n - 1)" in result.first_difference.note


def test_a_biased_variance_in_float64_is_identical_where_float32_is_bit_for_bit():
    def change(reference, port):
        for step in STEPS:
            name = f"after/{step}/w"
            biased = reference[f"before/{step}/w"] - reference[f"gradient/{step}/0/w"] * (
                reference[name].dtype.type(0.9))
            reference["biased_" + name] = biased
            if biased.dtype == np.float64:
                port[f"after/{step}/d/kernel"] = biased
    assert judged(change).verdict == differences.IDENTICAL

    def off(reference, port):
        change(reference, port)
        if reference["after/0/w"].dtype == np.float64:
            port["after/0/d/kernel"] = port["after/0/d/kernel"] * 1.001
    assert judged(off).verdict == differences.DIFFERENT


def test_what_is_apart_is_all_that_is_not_bit_for_bit_the_same():
    rows = [variables.Row("w", "d/kernel", transforms.UNCHANGED, "name")]

    def apart(change):
        reference, port = traces("float64")
        change(port)
        return [(row.rung, row.tensor, row.step) for row in judge.apart(
            TRAINED.compared(Sides(reference, port, variables.Pairing(rows, [], []), [], STEPS,
                                   {"d/kernel": 0})), "float64", TRAINED)]

    def off(name, by):
        return lambda port: port.update({name: port[name] * by})

    last_place = 1 + np.finfo(np.float64).eps
    assert apart(lambda port: None) == []
    assert apart(off("after/1/d/kernel", last_place)) == [(8, "d/kernel", 1)]
    assert apart(off("clipped/0/0/d/kernel", last_place)) == [(5, "d/kernel", 0)]


def test_gradients_that_agree_excuse_a_layer_without_a_partner_where_no_loss_was_run():
    def change(reference, port):
        port["output/0/d"] = port["output/0/d"] + 1
        for step in STEPS:
            del reference[f"loss/{step}/0/loss:0"]
    assert judged(change).verdict == differences.IDENTICAL


def test_constants_rounded_in_float32_alone_are_constants():
    def change(reference, port):
        name = "after/0/w"
        off = (reference[name] - reference["before/0/w"]) * 1e-5
        if reference[name].dtype == np.float64:
            reference["stored_" + name] = reference[name] + off
        else:
            port["after/0/d/kernel"] = (reference[name] + off).astype(np.float32)
    assert first(judged(change)) == (6, "d/kernel", differences.CONSTANTS)


def test_passes_of_a_phase_after_a_wrong_update_are_no_first_difference():
    def change(reference, port):
        later = reference["gradient/0/0/w"] * 2
        reference.update({"gradient/0/1/u": later, "loss/0/1/later:0": later[0, 0],
                          "output/0/1/later": later})
        port["after/0/d/kernel"] = port["after/0/d/kernel"] * 2
    assert first(judged(change)) == (6, "d/kernel", differences.DIFFERENT)


@pytest.mark.parametrize("name,rung", [("gradient/0/0/w", 5), ("before/0/w", 6)])
def test_where_nothing_was_compared_nothing_is_proved(name, rung):
    def change(reference, port):
        if rung == 5:
            reference.pop(name)
            port.pop("clipped/0/0/d/kernel")
            return
        for key in list(reference):  # whole numbers are counters, which are not compared
            if key in ("before/0/w", "after/0/w", "before/1/w", "after/1/w"):
                reference[key] = np.int32(reference[key])
    result = judged(change)
    assert findings.exit_status([result]) != 0
    assert result.rung(rung, "float64") == differences.INCONCLUSIVE


# Float32 alone.

@pytest.mark.parametrize("name,rung", [
    ("output/0/d", 3), ("loss/0/loss", 4), ("clipped/0/0/d/kernel", 5), ("after/0/d/kernel", 6),
    ("slot_after/0/0/d/kernel/momentum", 7), ("after/1/d/kernel", 8)])
@pytest.mark.parametrize("off,verdict", [(1e-6, "rounding"), (1e-4, "different")])
def test_without_float64_what_is_above_rounding_is_different(name, rung, off, verdict):
    def change(reference, port):
        port[name] = port[name] * np.float32(1 + off)
        if rung == 3:  # a layer counts only where losses and gradients differ, too
            for other in ("loss/0/loss", "clipped/0/0/d/kernel"):
                port[other] = port[other] * np.float32(1 + off)
    result = judged_alone(change)
    assert result.rung(rung, "float32") == verdict
    assert result.rung(rung, "float64") == differences.NOT_RUN
    assert findings.exit_status([result]) == int(verdict == "different")


def test_without_float64_what_rounding_was_measured_to_change_is_no_difference():
    def change(reference, port):
        reference["noise_after/0/w"] = np.float64(1e-5)
        port["after/0/d/kernel"] = port["after/0/d/kernel"] * np.float32(1 + 1e-4)
    assert judged_alone(change).verdict == differences.ROUNDING


def test_without_float64_biased_variances_are_constants_too():
    def change(reference, port):
        biased = reference["before/0/w"] - np.float32(0.9) * reference["gradient/0/0/w"]
        reference["biased_after/0/w"] = biased
        port["after/0/d/kernel"] = biased * np.float32(1 + 1e-7)
    result = judged_alone(change)
    assert result.verdict == differences.CONSTANTS
    assert "n / (n - 1)" in result.first_difference.note


def test_without_float64_nothing_compared_is_no_success():
    def change(reference, port):
        reference.pop("gradient/0/0/w")
        port.pop("clipped/0/0/d/kernel")
    assert findings.exit_status([judged_alone(change)]) == 3


@pytest.mark.parametrize("name", ["output/0/0/dense", "loss/0/0/loss:0", "gradient/0/0/w",
                                  "after/0/w", "after/0/w/Momentum", "after/1/w"])
def test_no_number_on_both_sides_is_inconclusive_on_every_rung(name):
    partners = {"output/0/0/dense": "output/0/d", "loss/0/0/loss:0": "loss/0/loss",
                "gradient/0/0/w": "clipped/0/0/d/kernel", "after/0/w": "after/0/d/kernel",
                "after/0/w/Momentum": "slot_after/0/0/d/kernel/momentum",
                "after/1/w": "after/1/d/kernel"}

    def change(reference, port):
        reference[name] = np.full_like(reference[name], np.nan)
        port[partners[name]] = np.full_like(port[partners[name]], np.nan)
    result = judged(change)
    assert findings.exit_status([result]) == 3
    assert "the reference itself is no number here" in result.first_difference.note

    def infinite(reference, port):
        reference[name] = np.full_like(reference[name], np.inf)
    result = judged(infinite)
    assert result.first_difference.verdict == differences.INCONCLUSIVE


@pytest.mark.parametrize("factor, more, verdict", [
    (6.7e-6, 0.0, differences.CONSTANTS), (-1.9 * 6.7e-6, 0.0, differences.CONSTANTS),
    (6.7e-6, 2.6e-9, differences.DIFFERENT), (2.1 * 6.7e-6, 0.0, differences.DIFFERENT)])
def test_a_constant_that_scales_an_update_explains_nothing_else(factor, more, verdict):
    def change(reference, port):
        for step in STEPS:
            name = f"after/{step}/w"
            reference["allowed_" + name] = np.float64(6.7e-6)
            reference["bent_" + name] = np.float64(1e-10)
            off = (reference[name] - reference[f"before/{step}/w"]) * factor
            off[0, 0] += more
            port[f"after/{step}/d/kernel"] = (reference[name] + off).astype(off.dtype)
    found = {finding.verdict for finding in judged(change).findings
             if finding.rung == 6 and finding.dtype == "float64"}
    assert found == {verdict}


@pytest.mark.parametrize("array, rung, place, size, moved", [
    ("output/0/d", 3, (1, 0), 8, False), ("loss/0/loss", 4, (), 1, False),
    ("clipped/0/0/d/kernel", 5, (1, 0), 6, False), ("after/0/d/kernel", 6, (1, 0), 6, True),
    ("slot_after/0/0/d/kernel/momentum", 7, (1, 0), 6, True),
    ("after/1/d/kernel", 8, (1, 0), 6, True)])
def test_the_first_difference_has_numbers_of_both_sides(array, rung, place, size, moved):
    reference, port = traces("float64")
    step = array.split("/")[1]
    before = {"after": reference[f"before/{step}/w"],
              "slot_after": -0.5 * reference[f"before/{step}/w/Momentum"]}.get(
                  array.split("/")[0], np.zeros(port[array].shape))

    def change(reference, port):
        port[array] = port[array].copy()
        port[array][place] += 0.25
        if rung == 3:  # a layer without a partner counts where losses and gradients differ
            port["loss/0/loss"] = port["loss/0/loss"] + 1
            port["clipped/0/0/d/kernel"] = -port["clipped/0/0/d/kernel"]
    result = judged(change)
    first = next(finding for finding in result.findings if finding.numbers
                 and finding.dtype == "float64")
    assert (first.rung, result.first_difference.rung) == (rung, rung)
    assert first.numbers == Numbers((Entry(
        place, pytest.approx((port[array] - before)[place]),
        pytest.approx((port[array] - before)[place] + 0.25)),), 1, size, moved)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_is_different_in_one_precision_alone(dtype):
    rows = [Compared(6, "w", 0, differences.Difference(False, 0.5)),
            Compared(6, "b", 0, differences.Difference(False, 1e-14)),
            Compared(6, "same", 0, differences.Difference(True, 0.0))]
    assert judge.different(judge.Comparison(rows, set()), dtype, TRAINED) == rows[:1]


@pytest.mark.parametrize("rate, moved, verdict", [
    (0.0, 1.0, "inconclusive"), (0.5, 1.0, "different"), (0.0, np.nan, "different")])
def test_beside_a_reference_whose_rate_is_0_an_update_says_nothing(rate, moved, verdict):
    def rests(reference, port):
        for step in STEPS:
            reference[f"after/{step}/w"] = reference[f"before/{step}/w"]
            reference[f"rate/{step}/0/w"] = np.asarray(rate, reference[f"after/{step}/w"].dtype)
            port[f"slot_after/{step}/0/d/kernel/momentum"] *= 2.0 * rate  # it holds the rate
            port[f"after/{step}/d/kernel"] = port[f"after/{step}/d/kernel"] * moved
    result = judged(rests)
    assert result.verdict == verdict
    assert ("its learning rate is 0" in result.first_difference.note) == (
        verdict == "inconclusive")
