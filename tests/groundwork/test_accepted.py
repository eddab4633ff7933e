"""Tests of groundwork.accepted."""

import pytest

from groundwork import accepted

WHOLE = [accepted.COUNT, accepted.SEED, accepted.BATCH_SIZE]
DECIMAL = [accepted.POSITIVE, accepted.NOT_NEGATIVE, accepted.FRACTION]
OTHER_SPELLINGS = [" 5", "5 ", "5\n", "1_000", "\uff15", "\u0665", "0x5", "--5", ""]


@pytest.mark.parametrize("text,value", [("5", 5), ("+5", 5), ("005", 5), ("1" * 30, int("1" * 30))])
def test_whole_numbers_are_ascii_digits(text, value):
    assert accepted.COUNT.parse(text) == value


@pytest.mark.parametrize("text,value", [
    (".5", 0.5), ("0.5", 0.5), ("5e-1", 0.5), ("+.05E+1", 0.5), ("1e-400", 0.0), ("0.", 0.0)])
def test_decimals_are_ascii_too(text, value):
    assert accepted.FRACTION.parse(text) == value


@pytest.mark.parametrize("text", OTHER_SPELLINGS + ["5.0", "1e3", "nan"])
@pytest.mark.parametrize("values", WHOLE)
def test_another_spelling_of_a_whole_number_is_refused(values, text):
    with pytest.raises(ValueError, match="^expected a whole number from "):
        values.parse(text)


@pytest.mark.parametrize("text", OTHER_SPELLINGS + ["0.5_0", " .5", ".5\n", "\uff10.5", "nan",
                                                    "inf", "1e999", ".", "e5", "infinity", "1e"])
@pytest.mark.parametrize("values", DECIMAL)
def test_another_spelling_of_a_decimal_is_refused(values, text):
    with pytest.raises(ValueError, match="^expected a number "):
        values.parse(text)


def test_steps_end_where_tensorflow_stops_counting():
    assert accepted.STEPS.parse(str(2 ** 63 - 1)) == 2 ** 63 - 1
    for text in ("0", str(2 ** 63)):
        with pytest.raises(ValueError, match=r"^expected a whole number from 1 to 2\*\*63 - 1$"):
            accepted.STEPS.parse(text)


@pytest.mark.parametrize("values,value", [
    (accepted.COUNT, 5), (accepted.SEED, 0), (accepted.BATCH_SIZE, 64), (accepted.POSITIVE, 0.25),
    (accepted.one_of(("a", "b")), "b"), (accepted.SCOPES, ""), (accepted.SCOPES, "encoder")])
def test_what_a_flag_gives_is_accepted_from_json(values, value):
    assert values.of_json(value) == value
    assert type(values.of_json(value)) is type(value)


def test_a_whole_number_in_json_stands_for_a_decimal():
    assert accepted.POSITIVE.of_json(2) == 2.0
    assert type(accepted.POSITIVE.of_json(2)) is float


@pytest.mark.parametrize("values,value", [
    (accepted.COUNT, 5.0), (accepted.COUNT, True), (accepted.COUNT, "5"), (accepted.COUNT, 0),
    (accepted.COUNT, None), (accepted.SEED, 2 ** 63), (accepted.SEED, [1]),
    (accepted.BATCH_SIZE, "full"), (accepted.POSITIVE, 10 ** 400), (accepted.POSITIVE, True),
    (accepted.POSITIVE, float("inf")), (accepted.POSITIVE, float("nan")),
    (accepted.FRACTION, 1.0), (accepted.FRACTION, {}), (accepted.one_of(("a",)), ["a"]),
    (accepted.one_of(("a",)), 1), (accepted.SCOPES, 3), (accepted.SCOPES, "a//b")])
def test_what_no_flag_gives_is_refused_from_json(values, value):
    with pytest.raises(ValueError, match="^expected " + values.expected[:9].replace("*", ".")):
        values.of_json(value)
