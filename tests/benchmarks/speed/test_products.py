"""The products of a step, counted by hand beside those of the module."""

import collections

from benchmarks.speed import products
from benchmarks.speed.products import INPUTS, Layer, OUTPUTS, Pass, WEIGHTS


def dense(inputs, units):
    return Layer("dense", (inputs, units), (inputs,), (units,))


G1, G2, D1, D2 = dense(10, 20), dense(20, 30), dense(30, 40), dense(40, 1)
GAN = {"generator": [G1, G2], "discriminator": [D1, D2]}


def counts(networks, *phases):
    return collections.Counter(
        (product.of, product.layer) for product in products.of_step(networks, phases))


def test_both_networks_from_one_pass():
    assert counts(GAN, Pass(("generator", "discriminator"), ("noise", "images"))) == {
        (OUTPUTS, G1): 1, (OUTPUTS, G2): 1, (OUTPUTS, D1): 2, (OUTPUTS, D2): 2,
        # Through D to the images, and through G but to the noise.
        (INPUTS, D1): 1, (INPUTS, D2): 3, (INPUTS, G2): 1,
        (WEIGHTS, G1): 1, (WEIGHTS, G2): 1, (WEIGHTS, D1): 2, (WEIGHTS, D2): 2}


def test_the_generator_alone_asks_for_no_gradient_of_the_discriminators_weights():
    assert counts(GAN, Pass(("generator",), ("noise",))) == {
        (OUTPUTS, G1): 1, (OUTPUTS, G2): 1, (OUTPUTS, D1): 1, (OUTPUTS, D2): 1,
        (INPUTS, D1): 1, (INPUTS, D2): 1, (INPUTS, G2): 1, (WEIGHTS, G1): 1, (WEIGHTS, G2): 1}


def test_a_repeated_critic_asks_for_nothing_below_its_images():
    assert counts(GAN, Pass(("discriminator",), ("noise", "images"), repeats=5)) == {
        (OUTPUTS, G1): 5, (OUTPUTS, G2): 5, (OUTPUTS, D1): 10, (OUTPUTS, D2): 10,
        (INPUTS, D2): 10, (WEIGHTS, D1): 10, (WEIGHTS, D2): 10}


def test_a_chain_of_two_networks_under_one_loss():
    assert counts({"encoder": [G1], "decoder": [G2]}, Pass(("vae",), ("images", "epsilon"))) == {
        (OUTPUTS, G1): 1, (OUTPUTS, G2): 1, (WEIGHTS, G1): 1, (WEIGHTS, G2): 1, (INPUTS, G2): 1}
