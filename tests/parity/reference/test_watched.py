"""Which tensors of a call are looked at: those that it computes of what it takes, and no others."""

from parity.reference import steps
from parity.reference import watched


def watches(captured):
    """The `Watch` of each call of the first step that trains."""
    of = watched.Watched(captured).of
    return [of(call) for call in steps.grouped(captured)[0] if call.role == "train"]


def test_outputs_are_what_leaves_each_layer_and_its_activation(captured_program):
    """Batch norm ends with its own operation, and no statistic for its gradient is an output."""
    watch, = watches(captured_program("images"))
    assert watch.outputs == {
        "net/conv1": "net/conv1/Conv2D:0",
        "net/norm1": "net/norm1/FusedBatchNormV3:0", "net/norm1/activation": "net/Relu:0",
        "net/hidden/input": "net/dropout/SelectV2:0",
        "net/hidden": "net/hidden/BiasAdd:0", "net/hidden/activation": "net/LeakyRelu:0",
        "net/logits": "net/logits/BiasAdd:0"}


def test_gradients_losses_and_rates_of_a_call_are_its_own(captured_program):
    watch, = watches(captured_program("images"))
    assert set(watch.gradients) == set(watch.rates) == {
        "net/conv1/kernel", "net/norm1/gamma", "net/norm1/beta", "net/hidden/kernel",
        "net/hidden/bias", "net/logits/kernel", "net/logits/bias"}
    assert watch.losses == ["loss:0"] and watch.fetched == []
    assert len(set(watch.rates.values())) == 1
    discriminator, generator = watches(captured_program("adversarial"))
    assert {name.partition("/")[0] for name in discriminator.gradients} == {"discriminator"}
    assert {name.partition("/")[0] for name in generator.gradients} == {"generator"}
    assert discriminator.losses != generator.losses


def test_what_a_call_does_not_take_the_inputs_of_is_not_computed(captured_program):
    """The generator's update is not fed real images."""
    discriminator, generator = watches(captured_program("adversarial"))
    assert {"discriminator/hidden", "generator/output"} <= set(discriminator.outputs)
    assert "generator/output" in generator.outputs
    graph = watched.structure.of(captured_program("adversarial"))
    fed = watched.tensors.ancestors([graph.tensor(name) for name in generator.outputs.values()])
    assert "real" not in {op.name for op in fed}


def test_of_a_sparse_gradient_rows_and_indices_are_looked_at(captured_program):
    watch, = watches(captured_program("recurrent"))
    assert watch.gradients["table"] == ["clip_by_global_norm/clip_by_global_norm/_0:0",
                                        "gradients/embedding_lookup_grad/Reshape_1:0"]
    assert len(watch.gradients["cell/kernel"]) == 1
    assert {"table", "out"} <= set(watch.outputs) and "cell" not in watch.outputs  # in a loop
