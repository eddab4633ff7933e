"""What the tests of pages share."""

import pytest

from parity.report import plots


@pytest.fixture(scope="module")
def drawn_once():
    """A plot takes longer than the page that it stands on, and the same ones stand on most."""
    drawn, draw = {}, plots._drawn

    def remembered(*arguments, **options):
        key = repr((arguments, options))
        if key not in drawn:
            drawn[key] = draw(*arguments, **options)
        return drawn[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plots, "_drawn", remembered)
        yield
