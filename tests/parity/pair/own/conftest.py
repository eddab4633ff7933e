"""What the tests of the project's own pairs share: `legacy.train`, captured, and its ports."""

import pytest

from tests.parity.pair.verifications import Verifications


@pytest.fixture(name="verified", scope="module")
def fixture_verified(request, repository, tmp_path_factory):
    """Function (case of `parity.cases`, port) that returns the `Result`.

    What is given by name are flags of the program and arguments of the port. A program is captured
    once, for as many steps as the module's STEPS says, 4 where it has none.
    """
    verifications = Verifications(repository, tmp_path_factory.mktemp("own"),
                                  steps=getattr(request.module, "STEPS", 4))

    def verify(case, port="modern.port:build", **values):
        values.setdefault("batch_size", min(4, case.arguments["batch_size"]))
        flags = [f"--{name}={value}" for name, value in values.items()]
        words = [word.format(folder=".") for word in case.legacy]
        return verifications((*words, *flags, "--overwrite"), port, **{**case.arguments, **values})
    yield verify
    verifications.close()
