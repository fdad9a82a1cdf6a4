"""What every test of the desk has: an empty home directory; and on request an operator with three SIMs."""

import pytest
from simulated_operator import SimulatedOperator


@pytest.fixture(autouse=True)
def empty_home(tmp_path_factory, monkeypatch):
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    for name in ("SORACOM_AUTH_KEY_ID", "SORACOM_AUTH_KEY", "SORACOM_PROFILE", "SORACOM_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def operator():
    with SimulatedOperator() as started:
        yield started
