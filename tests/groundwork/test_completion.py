"""Tests of groundwork.completion; tests/test_completion.py asks the commands as a shell does."""

from absl.testing import flagsaver
import pytest

from groundwork import completion
from groundwork import flags
from groundwork.models import MODELS


@pytest.fixture(name="actions")
def fixture_actions():
    """The completed flags, `{"--name": argparse action}`."""
    with flagsaver.flagsaver():  # removes at its end what was defined inside
        flags.define_training_flags()
        made = completion.parser()
        assert [each.dest for each in made._actions] == [each.name for each in flags.defined()]
        return {each.option_strings[0]: each for each in made._actions}


@pytest.mark.parametrize("flag, names", [
    ("--model", tuple(MODELS)), ("--dtype", flags.DTYPES), ("--log_every", None),
    ("--data_dir", None)])
def test_flags_that_take_one_of_some_names_have_them(actions, flag, names):
    assert actions[flag].choices == names


def test_files_are_offered_where_a_path_is_meant(actions):
    assert actions["--log_every"].completer(prefix="") == ()
    assert not hasattr(actions["--data_dir"], "completer")


def test_switches_take_no_value(actions):
    assert actions["--overwrite"].nargs == 0 and actions["--run_dir"].nargs is None
