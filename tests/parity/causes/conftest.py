import functools
import os

import pytest

from parity.reference.captured import Captured
from parity.selftest import pairs
from tests.captures import Captures


@pytest.fixture(name="capture", scope="module")
def fixture_capture(repository, tmp_path_factory):
    """Function (group, function) that gives the `Captured` of a program, 2 steps."""
    folder = str(tmp_path_factory.mktemp("captures"))
    with Captures(repository, folder) as capture:
        @functools.lru_cache(maxsize=None)
        def of(group, function):
            out = os.path.join(folder, function)
            program = f"{pairs.path('programs', group)}:{function}"
            assert capture("--steps=2", f"--out={out}", "--", program).status == 0
            return Captured(out)
        yield of
