"""Examples are the same in each run: a failure is seen again by whoever runs the test."""

import os

import hypothesis
from hypothesis import configuration


def pytest_configure(config):
    configuration.set_hypothesis_home_dir(os.path.join(config.rootpath, ".pytest_cache"))


hypothesis.settings.register_profile(
    "same", derandomize=True, deadline=None, max_examples=100, database=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
hypothesis.settings.load_profile("same")
