"""Properties of `--names`: any JSON is a pairing or refused in one line."""

import json
import re

import hypothesis
from hypothesis import strategies
import pytest

from parity import command_line
from parity.pair import names_file
from parity.pair.overrides import Names
from tests.properties import support

NAME = strategies.text("ab/_1", min_size=1, max_size=6)
PATTERNS = strategies.text("ab/(.*)[]\\1+?|^$", max_size=6)


def _read(tmp_path, content):
    path = tmp_path / "names.json"
    path.write_bytes(content)
    return names_file.read(str(path))


@pytest.mark.filterwarnings("ignore:Possible nested set:FutureWarning")
@hypothesis.given(strategies.one_of(
    support.JSON, strategies.lists(strategies.tuples(PATTERNS, PATTERNS), min_size=1, max_size=3)))
def test_any_json_is_a_pairing_or_refused_in_one_line(tmp_path, value):
    try:
        assert isinstance(_read(tmp_path, json.dumps(value).encode()), Names)
    except command_line.UsageError as error:
        assert support.is_one_line(error)


@hypothesis.given(NAME, NAME, NAME)
def test_patterns_are_applied_as_re_sub_applies_them(name, old, new):
    path = names_file._substituted("names", [[re.escape(old), new]])
    assert path(name) == (name.replace(old, new) if old in name else None)


@pytest.mark.parametrize("content", [b"[" * 100_000, b"1" * 5000, b"\xff\xfe", b"", b"[[1]]"])
def test_hostile_json_is_refused_in_one_line(tmp_path, content):
    with pytest.raises(command_line.UsageError) as refused:
        _read(tmp_path, content)
    assert support.is_one_line(refused.value)
