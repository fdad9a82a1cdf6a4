"""The desk's surroundings: nobody's own profile, no cache that stays."""

import pytest


@pytest.fixture(autouse=True)
def nobody_at_home(tmp_path_factory, monkeypatch):
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    for name in ("SORACOM_AUTH_KEY_ID", "SORACOM_AUTH_KEY", "SORACOM_PROFILE", "SORACOM_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
