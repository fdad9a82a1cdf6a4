"""Signing with ssh-keygen."""

import subprocess

import pytest
from refusals import failure_of

from agent.configuration.signed_text import split
from agent.errors import Code
from fleet.signing.ssh_keygen import signed


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "author"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


def test_the_signature_is_below_the_text(key):
    userdata = signed(b"hostname: gw\n", key)
    assert split(userdata).text == b"hostname: gw\n"
    assert split(userdata).signature.startswith(b"-----BEGIN SSH SIGNATURE-----")


def test_a_key_may_be_a_relative_path(key, monkeypatch):
    monkeypatch.chdir(key.parent)
    assert signed(b"hostname: gw\n", key.relative_to(key.parent))


def test_a_key_that_cannot_be_used_is_named_with_the_message_of_ssh_keygen(tmp_path):
    failure = failure_of(lambda: signed(b"hostname: gw\n", tmp_path / "none"))
    assert (failure.code, failure.where) == (Code.SIGN_FAILED, str(tmp_path / "none"))
    assert failure.detail


def test_a_missing_program_is_a_failure(key, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert failure_of(lambda: signed(b"hostname: gw\n", key)).code is Code.SIGN_FAILED
