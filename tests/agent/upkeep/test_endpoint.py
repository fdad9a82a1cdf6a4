"""The table that closes the service to others."""

from agent.upkeep.endpoint import is_closed, open_again


def test_what_was_never_closed_is_not_opened(tmp_path):
    open_again(tmp_path / "closed")
    assert not is_closed(tmp_path / "closed")
