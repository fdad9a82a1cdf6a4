"""The table that closes the service to others."""

import pytest

from agent.errors import Code, Failure
from agent.upkeep import endpoint
from agent.upkeep.endpoint import is_closed, open_again
from agent.upkeep.endpoint_table import OPEN, addresses, ruleset


def test_what_was_never_closed_is_not_opened(tmp_path):
    open_again(tmp_path / "closed")
    assert not is_closed(tmp_path / "closed")


def nft(place, script):
    program = place / "nft"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(program)


def test_the_table_is_put_in_place_and_removed_as_a_whole(tmp_path, monkeypatch):
    mark, given = tmp_path / "run/closed", tmp_path / "given"
    monkeypatch.setattr(endpoint, "NFT", nft(tmp_path, f"cat >{given}"))
    endpoint.close("http://10.0.0.9", [970], mark)
    assert is_closed(mark)
    assert given.read_text() == ruleset(addresses("http://10.0.0.9"), [970])
    open_again(mark)
    assert not is_closed(mark)
    assert given.read_text() == OPEN


def test_a_table_that_is_refused_is_a_failure_and_nothing_is_closed(tmp_path, monkeypatch):
    mark = tmp_path / "closed"
    monkeypatch.setattr(endpoint, "NFT", nft(tmp_path, "echo 'Error:  no\nsuch table' >&2; exit 1"))
    with pytest.raises(Failure) as caught:
        endpoint.close("http://metadata.soracom.io", [970], mark)
    assert str(caught.value) == "apply.failed: nft: exit code 1: Error: no such table"
    assert not is_closed(mark)


def test_nftables_that_is_missing_is_reported_with_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(endpoint, "NFT", str(tmp_path / "nft"))
    with pytest.raises(Failure) as caught:
        endpoint.close("http://metadata.soracom.io", [970], tmp_path / "closed")
    assert caught.value.advice == "Install nftables: apt install nftables."


def test_a_program_that_cannot_be_started_is_a_failure(tmp_path, monkeypatch):
    (tmp_path / "nft").write_text("")
    monkeypatch.setattr(endpoint, "NFT", str(tmp_path / "nft"))
    with pytest.raises(Failure) as caught:
        endpoint.close("http://metadata.soracom.io", [970], tmp_path / "closed")
    assert caught.value.code is Code.APPLY_FAILED
    assert "Permission denied" in str(caught.value)
