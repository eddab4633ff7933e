"""Optimisers, rates, clipping, losses and phases, read off the graphs of small programs."""

import pytest

from parity.reference.reading import assignments
from parity.reference.reading import changes
from parity.reference.reading import phases
from parity.reference.reading import schedules
from parity.reference.reading import structure
from parity.reference.reading import updates


@pytest.fixture
def update_of(captured_program):
    """Function (variable) that returns the `Update` of a variable of the program `optimizers`."""
    found = {update.variable: update for update in updates.read(captured_program("optimizers"))}
    return found.__getitem__


@pytest.mark.parametrize("variable, kind, constants", [
    ("adam/w", "Adam", {"beta1": 0.8, "beta2": 0.99, "epsilon": 1e-5}),
    ("adam/rows", "Adam", {"beta1": 0.8, "beta2": 0.99, "epsilon": 1e-5}),
    ("momentum/w", "Momentum", {"momentum": 0.85}),
    ("centered/w", "centered RMSProp", {"rho": 0.75, "momentum": 0.0, "epsilon": 1e-10}),
    ("adagrad/w", "Adagrad", {}),
    ("adadelta/w", "Adadelta", {"rho": 0.91, "epsilon": 1e-6}),
    ("ftrl/w", "Ftrl", {"l1": 0.02, "l2": 0.03, "lr_power": -0.5}),
    ("polynomial/w", "gradient descent", {}),
    ("written/w", "hand-written Adam without bias correction",
     {"beta1": 0.6, "beta2": 0.7, "epsilon": 1e-4, "weight_decay": 0.05}),
    ("keras_adam/w", "hand-written Adam", {"beta1": 0.85, "beta2": 0.95, "epsilon": 1e-7}),
    ("keras_sgd/w", "hand-written Momentum that accumulates the rate", {"momentum": 0.65})])
def test_kind_and_constants(update_of, variable, kind, constants):
    update = update_of(variable)
    assert (update.kind, update.constants) == (kind, constants)


def test_nesterov_is_told_from_momentum(captured_program):
    kinds = {update.variable: update.kind
             for update in updates.read(captured_program("adversarial"))}
    assert kinds["generator/hidden/kernel"] == "Nesterov momentum"
    assert kinds["discriminator/hidden/kernel"] == "Adam"


def test_slots_by_their_role(update_of):
    assert update_of("adam/w").slots == {
        "m": "adam/adam/w/Adam", "v": "adam/adam/w/Adam_1",
        "beta1_power": "adam/beta1_power", "beta2_power": "adam/beta2_power"}
    assert update_of("adam/rows").slots == {"m": "adam/adam/rows/Adam",
                                             "v": "adam/adam/rows/Adam_1"}
    assert update_of("written/w").slots == {"m": "written/m", "v": "written/v"}


def test_slots_that_are_called_trainable_are_no_weights(update_of, captured_program):
    assert update_of("keras_adam/w").slots == {"m": "keras_adam/m", "v": "keras_adam/v"}
    assert update_of("keras_adam/w").rate.values == (0.03,)
    assert update_of("keras_sgd/w").rate.source == "keras_sgd/lr"
    names = [update.variable for update in updates.read(captured_program("optimizers"))]
    assert "keras_adam/m" not in names and "keras_sgd/moments" not in names


def test_sparse_updates(update_of, captured_program):
    assert update_of("adam/rows").sparse and not update_of("adam/w").sparse
    table = {update.variable: update
             for update in updates.read(captured_program("recurrent"))}["table"]
    assert (table.kind, table.sparse, table.rate.source) == ("gradient descent", True, "rate")


@pytest.mark.parametrize("variable, kind, numbers", [
    ("momentum/w", "constant", {"value": 0.3}),
    ("polynomial/w", "polynomial decay", {
        "initial_learning_rate": 0.4, "decay_steps": 50, "end_learning_rate": 0.1, "power": 2.0}),
    ("inverse/w", "inverse time decay", {
        "initial_learning_rate": 0.6, "decay_steps": 7, "decay_rate": 0.5, "staircase": False}),
    ("cosine/w", "cosine decay", {
        "initial_learning_rate": 0.9, "decay_steps": 40, "alpha": 0.05})])
def test_rate(update_of, variable, kind, numbers):
    rate = update_of(variable).rate
    assert rate.kind == kind
    assert rate.numbers == pytest.approx(numbers)


def test_piecewise_rate_holds_up_to_and_with_each_boundary(update_of):
    rate = update_of("piecewise/w").rate
    assert (rate.kind, rate.source) == ("piecewise constant", "global_step")
    assert rate.numbers == {"boundaries": [5, 9], "values": [0.3, 0.2, 0.1]}


def test_staircase(captured_program):
    rate = updates.read(captured_program("images"))[0].rate
    assert (rate.kind, rate.source) == ("exponential decay", "global_step")
    assert rate.numbers == {"initial_learning_rate": 0.02, "decay_steps": 10, "decay_rate": 0.94,
                            "staircase": True}
    assert dict(rate.values)[10] == pytest.approx(0.02 * 0.94)


def test_natural_exponential_decay_is_a_power_of_its_exponential(update_of):
    rate = update_of("natural/w").rate
    assert dict(rate.values)[10] == pytest.approx(0.6 * 2.718281828 ** (-0.5 * 10 / 7), rel=1e-6)
    assert rate.kind in ("exponential decay", "natural exponential decay")


def test_a_computed_rate_is_told_by_its_values(update_of):
    rate = update_of("computed/w").rate
    assert (rate.kind, rate.source) == ("computed", "global_step")
    assert rate.operations == ("AddV2", "Mul", "Rsqrt")
    assert dict(rate.values)[0] == pytest.approx(0.05)
    assert "0.05 at step 0" in schedules.words(rate)


def test_rates_from_outside(update_of, captured_program):
    fed = update_of("adam/w").rate
    assert (fed.kind, fed.source, fed.values) == ("fed", "fed_rate", (0.125,))
    assert update_of("adam/rows").rate == fed
    variable = updates.read(captured_program("recurrent"))[0].rate
    assert (variable.kind, variable.source, variable.values) == ("variable", "rate", (0.25,))


@pytest.mark.parametrize("variable, kind, numbers", [
    ("by_norm/w", "clip by norm", (2.5,)), ("by_value/w", "clip by value", (-0.5, 0.75)),
    ("scaled/w", "scaled", (0.125,)), ("decayed/w", "weight decay", (0.02,)),
    ("rooted/w", "other", ())])
def test_change_of_a_gradient(update_of, variable, kind, numbers):
    update = update_of(variable)
    assert [(change.kind, change.numbers) for change in update.changes] == [(kind, numbers)]
    assert len(update.computed) == 1 and update.computed[0] != update.gradient


def test_clip_by_global_norm(captured_program):
    found = updates.read(captured_program("recurrent"))
    assert {update.changes for update in found} == {
        (changes.Change("clip by global norm", (1.5,)),)}
    computed = {update.variable: update.computed for update in found}
    assert all(name.startswith("gradients/") for names in computed.values() for name in names)


def test_gradients_of_towers_gathered_over_calls(captured_program):
    update, = updates.read(captured_program("gathered"))
    assert [(change.kind, change.numbers) for change in update.changes] == [
        ("averaged", (2,)), ("gathered", ()), ("scaled", (0.25,))]
    assert update.changes[1].detail == "gathered/total"
    assert [loss.scope for loss in update.losses] == ["tower_0/gradients", "tower_1/gradients"]
    roles = [phase.role for phase in phases.read(captured_program("gathered"))]
    assert roles[:2] == ["gather", "train"]


def test_nothing_stands_between_where_nothing_does(update_of):
    update = update_of("momentum/w")
    assert update.changes == () and update.computed == (update.gradient,)


def test_losses(captured_program, update_of):
    found = {optimizer.scope: optimizer.losses
             for optimizer in updates.optimizers(captured_program("adversarial"))}
    assert [loss.tensor for loss in found["Adam"]] == ["sub:0"]
    assert [loss.tensor for loss in found["Momentum"]] == ["Neg:0"]
    assert all(loss.fetched and loss.certain for losses in found.values() for loss in losses)
    unread, = update_of("momentum/w").losses
    assert (unread.tensor, unread.captured) == ("momentum/loss:0", False)


def test_optimizers_group_updates(captured_program):
    first, second = updates.optimizers(captured_program("adversarial"))
    assert (first.kind, first.rate.numbers["value"], len(first.updates)) == ("Adam", 0.0004, 4)
    assert second.constants == {"momentum": 0.6}
    assert all(name.startswith("generator/") for name in second.variables)


def test_phases(captured_program):
    first, second = phases.read(captured_program("adversarial"))
    assert (first.count, first.role) == (1, "train")
    assert [update.scope for update in first.updates[0]] == ["Adam"] * 4
    assert first.fed == ("real:0",) and second.fed == ()
    assert {update.scope for update in second.updates[0]} == {"Momentum"}
    assert phases.read(captured_program("images"))[0].writes == (
        "global_step", "net/conv1/kernel/ExponentialMovingAverage", "net/norm1/moving_mean")


def test_moving_averages(captured_program):
    found = {average.variable: average
             for average in assignments.moving_averages(captured_program("images"))}
    weights = found["net/conv1/kernel/ExponentialMovingAverage"]
    assert (weights.source, weights.decay, weights.of_variable) == ("net/conv1/kernel", 0.95, True)
    statistics = found["net/norm1/moving_mean"]
    assert (statistics.decay, statistics.of_variable) == (0.97, False)


def test_clipped_weights_and_counters(captured_program):
    clips = assignments.others(captured_program("adversarial"))
    assert {(other.kind, other.numbers) for other in clips} == {("clip", (-0.03, 0.03))}
    assert len(clips) == 4
    counter, = assignments.others(captured_program("images"))
    assert (counter.variable, counter.kind, counter.numbers) == ("global_step", "counter", (1,))


def test_the_backward_pass_is_told_from_the_forward_pass(captured_program):
    graph = structure.of(captured_program("images"))
    assert graph.gradient_scopes == {"gradients"}
    assert not graph.is_backward(graph.graph.get_operation_by_name("net/hidden/MatMul"))
    backward = graph.graph.get_operation_by_name("gradients/net/hidden/MatMul_grad/MatMul")
    assert graph.forward_of(backward) == "net/hidden/MatMul"
