"""The layers and products of the real models, and the functions that compute them."""

import importlib

import numpy as np
import pytest

from benchmarks.speed import kernels
from benchmarks.speed import limit
from benchmarks.speed import products
from groundwork import hyperparameters

OF = (products.OUTPUTS, products.WEIGHTS, products.INPUTS)


def counted(model):
    hparams = hyperparameters.make(model, {})
    program = importlib.import_module("modern.models." + model).program(hparams, "float32")
    return limit.products_of(program, hparams)


# Products: 4 layers of G and of D; 3 and 3; 2 and 2; 4 and 3 of the VAE; 4 and 3 of the DCGAN.
@pytest.mark.parametrize("model, count", [
    ("mlp_gan", 4 + 2 * 4 + (4 + 7) + 2 * 7), ("bgd_gan", 3 + 3 + (3 + 5) + 3 + 2 * 3 + 2 * 5),
    ("dense_gan", 2 + 2 * 2 + (2 + 3) + 2 * 3), ("vae", 7 + 13),
    ("dcgan", 4 + 2 * 3 + (3 + 7) + 2 * 5),
    ("wgan", 5 * (4 + 2 * 4 + 2 * 7) + 4 + 4 + (4 + 7))])
def test_each_model_has_the_products_of_its_layers(model, count):
    assert len(counted(model)) == count


def test_layers_have_the_shapes_of_one_example():
    layers = {product.layer for product in counted("dcgan")}
    assert products.Layer("dense", (100, 8192), (100,), (8192,)) in layers
    assert products.Layer("convolution", (4, 4, 3, 64), (64, 64, 3), (32, 32, 64)) in layers
    assert products.Layer("transposed", (4, 4, 64, 128), (16, 16, 128), (32, 32, 64)) in layers


@pytest.mark.parametrize("of, shape", zip(OF, [(8, 30), (20, 30), (8, 20)]))
def test_both_libraries_compute_a_dense_layers_products(of, shape):
    product = products.Product(of, products.Layer("dense", (20, 30), (20,), (30,)))
    computed = kernels.by_numpy(product, 8)()
    assert computed.shape == shape
    np.testing.assert_allclose(computed, kernels.by_tensorflow(product, 8)(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind, kernel, small, large", [
    ("convolution", (4, 4, 3, 5), (8, 8, 5), (16, 16, 3)),
    ("transposed", (4, 4, 3, 5), (8, 8, 5), (16, 16, 3))])
def test_convolutions_and_transposed_ones_have_the_shapes_of_their_maps(
        kind, kernel, small, large):
    inputs, outputs = (large, small) if kind == "convolution" else (small, large)
    layer = products.Layer(kind, kernel, inputs, outputs)
    shapes = [tuple(kernels.by_tensorflow(products.Product(of, layer), 2)().shape) for of in OF]
    assert shapes == [(2, *outputs), kernel, (2, *inputs)]


def test_products_of_equal_shapes_are_all_computed():
    # TensorFlow computes what has equal inputs once.
    product = products.Product(products.WEIGHTS, products.Layer("dense", (4, 5), (4,), (5,)))
    parallel, in_order = limit.ways([product] * 3, 2)
    operations = parallel.get_concrete_function().graph.get_operations()
    factors = [each.name for op in operations if op.type == "MatMul" for each in op.inputs]
    assert len(set(factors)) == len(factors) == 6
    in_order()


@pytest.mark.parametrize("parameters", [10, 2 ** 19])
def test_an_update_writes_weights_and_slots_and_reads_gradients(parameters):
    update = limit.Update(parameters, slot_count=2)
    for gradients, weights, *kept in update._parts:
        gradients[:], weights[:] = 2, 1
        for slot in kept:
            slot[:] = 3
    update()
    for gradients, weights, *kept in update._parts:
        assert (gradients == 2).all() and (weights == 3).all()
        assert len(kept) == 2 and all((slot == -3).all() for slot in kept)
    assert sum(len(weights) for _, weights, *_ in update._parts) == parameters


def test_rmsprop_without_momentum_needs_one_slot():
    assert limit.slots(hyperparameters.make("wgan", {}).optimizer) == 1
    assert limit.slots(hyperparameters.make("wgan", {"momentum": 0.5}).optimizer) == 2
    assert limit.slots(hyperparameters.make("mlp_gan", {}).optimizer) == 2


def test_fastest_is_that_of_the_least_median():
    seconds = {"even": [2.0] * 10, "rarely fast": [3.0] * 9 + [0.0]}
    now = [0.0]

    def lasting(name):
        def call():
            now[0] += seconds[name].pop()
        call.name = name
        return call

    assert limit.fastest(
        [lasting("rarely fast"), lasting("even")], clock=lambda: now[0]).name == "even"
