"""Properties of what flags accept: any text is a valid value or refused, and values are read back.
"""

import hypothesis
from hypothesis import strategies
import pytest

from groundwork import accepted
from groundwork import fields
from groundwork import hyperparameters
from groundwork import models
from groundwork import transfer
from groundwork.errors import UsageError
from tests.properties import support

KINDS = {name: value for name, value in vars(accepted).items()
         if isinstance(value, accepted.Accepted)}
DIGITS = strategies.text("0123456789+-_.eE xX,/fulneri\n\u0665\uff15", max_size=8)
FIELDS = [(model, name) for model, kind in models.MODELS.items()
          for name, field in fields.declared(kind).items()]


@pytest.mark.parametrize("name", KINDS)
@hypothesis.given(strategies.one_of(DIGITS, strategies.text(max_size=8)))
def test_a_text_is_a_valid_value_or_refused_by_what_was_expected(name, text):
    kind = KINDS[name]
    try:
        value = kind.parse(text)
    except ValueError as error:
        assert str(error) == f"expected {kind.expected}"
    else:
        assert kind.valid(value)
        assert kind.parse(str(value)) == value


@hypothesis.given(strategies.integers())
def test_a_whole_number_is_read_back(number):
    assert accepted.whole(str(number)) == number


@hypothesis.given(strategies.floats(allow_nan=False, allow_infinity=False))
def test_a_decimal_is_read_back_to_the_last_bit(number):
    assert accepted.decimal(repr(number)).hex() == number.hex()


@hypothesis.given(strategies.text("ab/,.\n ", max_size=12))
def test_scopes_have_one_spelling(text):
    try:
        scopes = transfer.parse_scopes(text)
    except ValueError:
        return
    assert transfer.parse_scopes(scopes) == scopes
    assert set(scopes.split(",")) == set(text.split(","))


@pytest.mark.parametrize("model", models.MODELS)
def test_defaults_are_read_back_from_a_config_file(model):
    hparams = hyperparameters.make(model, {})
    assert hyperparameters.from_dict(hyperparameters.to_dict(hparams)) == hparams


@hypothesis.settings(max_examples=300)
@hypothesis.given(strategies.sampled_from(FIELDS), support.JSON)
def test_any_value_in_a_config_file_is_one_that_a_flag_gives_or_refused(where, value):
    model, name = where
    values = hyperparameters.to_dict(hyperparameters.make(model, {}))
    values[name] = value
    try:
        read = hyperparameters.from_dict(values)
    except UsageError as error:
        assert support.is_one_line(error)
    else:
        assert hyperparameters.to_dict(read) == values
