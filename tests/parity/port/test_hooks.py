"""Functions of Keras and TensorFlow that are replaced for a while, whatever happens meanwhile."""

import pytest
import tensorflow as tf

from parity.port import hooks


class Base:
    def call(self, value):
        return value + 1


class Derived(Base):
    def call(self, value):
        return 10 * super().call(value)


def test_what_was_replaced_is_back_after_an_error():
    call = Base.call
    with pytest.raises(ZeroDivisionError), hooks.replaced([
            (Base, "call", lambda self, value: 7), (Base, "call", lambda self, value: 8)]):
        assert Base().call(1) == 8
        assert 1 / 0
    assert Base.call is call and Base().call(1) == 2


@pytest.mark.parametrize("before", [False, True])
def test_functions_run_as_before_after_an_error(before):
    @tf.function
    def runs_eagerly():
        return tf.constant(tf.executing_eagerly())

    tf.config.run_functions_eagerly(before)
    try:
        with pytest.raises(ZeroDivisionError), hooks.eager():
            assert runs_eagerly()
            assert 1 / 0
        assert bool(runs_eagerly()) is before
    finally:
        tf.config.run_functions_eagerly(False)


def test_of_an_override_and_its_base_only_the_outermost_call_counts():
    seen = []

    def noting(original, watched, value):
        seen.append((type(watched).__name__, value))
        return original(watched, value)

    with hooks.replaced(hooks.outermost([Derived], "call", noting)):
        assert Derived().call(1) == 20
        assert Base().call(1) == 2  # an object of a class that is watched as a base
        assert Derived().call(2) == 30  # each call anew
    assert seen == [("Derived", 1), ("Base", 1), ("Derived", 2)]
    Derived().call(1)
    assert len(seen) == 3


def test_a_call_that_failed_does_not_hide_the_next():
    seen, derived = [], Derived()

    def noting(original, watched, value):
        seen.append(value)
        return original(watched, value)

    with hooks.replaced(hooks.outermost([Derived], "call", noting)):
        with pytest.raises(TypeError):
            derived.call("text")
        assert derived.call(1) == 20
    assert seen == ["text", 1]
