"""The directory for files that live until the next boot."""

import pytest

from agent.host.runtime_directory import RUN, runtime_directory


@pytest.mark.parametrize(
    ("named", "place"),
    [(None, RUN), ("", RUN), ("/run/other", "/run/other"), ("/run/one:/run/two", "/run/one")],
)
def test_the_first_directory_that_systemd_names_counts(monkeypatch, named, place):
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    if named is not None:
        monkeypatch.setenv("RUNTIME_DIRECTORY", named)
    assert runtime_directory() == place
