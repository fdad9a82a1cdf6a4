"""Chance in the tests: fixed in `make test`, fresh in `make fuzz`.

`make test` draws the same values for the same commit. Hypothesis derives the values of a test from the test's source
and from the constants in the product's modules that are loaded when the test runs. All modules are therefore loaded
first: otherwise the values would depend on the tests that ran before.
FUZZ=N in the environment selects the other profile: N times as many values per test, drawn from the seed in
`--hypothesis-seed`.
"""

import pkgutil
import random
from importlib import import_module

import pytest
from example_counts import FUZZ, scaled
from hypothesis import HealthCheck, is_hypothesis_test, settings

FOLDERS = ("agent", "benchmarks", "fleet", "simulator", "story")

for folder in FOLDERS:
    for module in pkgutil.walk_packages(import_module(folder).__path__, f"{folder}."):
        if not module.name.endswith("__main__"):
            import_module(module.name)

settings.register_profile(
    "fixed",
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "fuzz",
    database=None,
    deadline=None,
    print_blob=True,
    max_examples=scaled(100),
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("fuzz" if FUZZ else "fixed")


def pytest_collection_modifyitems(items):
    for item in items:
        if is_hypothesis_test(getattr(item, "obj", None)) or "chance" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.property)


@pytest.fixture(autouse=True)
def the_same_chance_in_every_run():
    """The product's own chance, as in the pause before a retry, is the same in each run of a test."""
    random.seed(0)


@pytest.fixture
def unmeasured(monkeypatch):
    """Processes started by the test are not measured by `make coverage`: what they import or write is compared."""
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


@pytest.fixture
def chance(pytestconfig):
    """Chance for a test that makes up its values itself."""
    return random.Random(pytestconfig.getoption("--hypothesis-seed") if FUZZ else 0)
