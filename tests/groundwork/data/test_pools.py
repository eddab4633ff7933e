"""Tests of groundwork.data.pools."""

import numpy as np
import pytest

from groundwork.data import pools


def rows(matrix):
    """The row of each image, -1 where it has none; asserts that a row is 1 at one place at most."""
    assert set(np.unique(matrix)) <= {0.0, 1.0}
    assert (matrix.sum(axis=1) <= 1).all() and (matrix.sum(axis=0) <= 1).all()
    return np.where(matrix.any(axis=1), matrix.argmax(axis=1), -1)


def test_images_fill_the_pool_in_order_and_are_shown_themselves():
    written = []
    for step in (1, 2, 3):
        chosen = pools.choices(1, "d/pool_a", step, 4, 10)
        assert not chosen.reads.any()
        written.append(rows(chosen.writes).tolist())
    # What does not fit when the pool becomes full passes it by.
    assert written == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, -1, -1]]
    assert rows(pools.choices(1, "d/pool_a", 4, 4, 10).writes).tolist() != [-1] * 4


def test_of_a_full_pool_half_of_the_images_change_places_with_any_row():
    met = np.concatenate([rows(pools.choices(3, "d/pool_b", step, 8, 16).reads)
                          for step in range(3, 403)])
    assert (met >= 0).mean() == pytest.approx(0.5, abs=0.03)
    counts = np.bincount(met[met >= 0], minlength=16)
    assert counts.min() > 0.7 * counts.mean()
    chosen = pools.choices(3, "d/pool_b", 9, 8, 16)
    np.testing.assert_array_equal(chosen.reads, chosen.writes)


def test_choices_are_a_function_of_seed_stream_and_step():
    def reads(seed=1, stream="d/pool_a", step=20):
        return pools.choices(seed, stream, step, 6, 8).reads.tobytes()

    assert reads() == reads()
    assert len({reads(), reads(seed=2), reads(stream="d/pool_b"), reads(step=21)}) == 4


def test_a_batch_larger_than_the_pool_leaves_the_rest_out():
    first = pools.choices(1, "d/pool_a", 1, 5, 3)
    assert rows(first.writes).tolist() == [0, 1, 2, -1, -1]
    later = pools.choices(1, "d/pool_a", 2, 5, 3)
    assert later.reads.shape == (5, 3)
    assert not later.reads[3:].any()


def test_an_input_is_its_part_of_its_domains_choices():
    whole = pools.choices(1, "discriminators/pool_b", 30, 4, 6)
    for part in ("reads", "writes"):
        np.testing.assert_array_equal(
            pools.choice(1, "discriminators", "pool_{}_b".format(part), 30, (4, 6)),
            getattr(whole, part))


def test_nothing_is_read_before_the_first_step():
    assert not pools.choices(1, "d/pool_a", 0, 4, 10).reads.any()
