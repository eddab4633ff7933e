"""Values that take long to make, made once for each key."""

from parity.common import cache


def test_a_value_is_made_once_and_the_oldest_makes_room():
    made, kept = [], cache.Cache(most=2)
    for key in ("a", "b", "a", "c", "b", "a"):
        assert kept.get(key, lambda key=key: made.append(key) or key) == key
    assert made == ["a", "b", "c", "a"]


def test_without_a_key_a_value_is_made_every_time():
    values, kept = iter((1, 2)), cache.Cache()
    assert [kept.get(None, lambda: next(values)) for _ in range(2)] == [1, 2]


def test_draws_are_shared_by_kind_numbers_and_shape_only():
    uniform = {"kind": "uniform", "low": -1.0, "high": 1.0}
    keys = {cache.draws_key(uniform, [2, 3]), cache.draws_key(uniform, [3, 2]),
            cache.draws_key(dict(uniform, high=2.0), [2, 3])}
    assert len(keys) == 3
    assert cache.draws_key(dict(reversed(uniform.items())), [2, 3]) in keys
    assert [cache.draws_key({"kind": kind}, [2]) for kind in ("constant", "other")] == [None, None]
