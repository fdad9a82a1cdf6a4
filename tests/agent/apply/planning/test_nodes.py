"""Fingerprints tell nodes apart, and reveal no content."""

from itertools import combinations

import pytest

from agent.apply.planning.nodes import Absent, Directory, File, Large, Lost, Other, Symlink, fingerprint, sha256

NODES = [
    Absent(),
    File(b"x", 0o644, 0, 0),
    File(b"y", 0o644, 0, 0),
    File(b"x", 0o600, 0, 0),
    File(b"x", 0o644, 1, 0),
    File(b"x", 0o644, 0, 1),
    Large(sha256(b"z"), 1, 0o644, 0, 0),
    Directory(0o644, 0, 0),
    Symlink("x", 0, 0),
    Symlink("\udce9", 0, 0),
    Other("a device, pipe or socket"),
    Lost(sha256(b"x")),
]


@pytest.mark.parametrize(("one", "other"), list(combinations(NODES, 2)))
def test_different_nodes_have_different_fingerprints(one, other):
    assert fingerprint(one) != fingerprint(other)


def test_equal_nodes_have_the_same_fingerprint_whether_or_not_they_fit_into_memory():
    assert fingerprint(File(b"x", 0o644, 0, 0)) == fingerprint(File(b"x", 0o644, 0, 0))
    assert fingerprint(Large(sha256(b"x"), 1, 0o644, 0, 0)) == fingerprint(File(b"x", 0o644, 0, 0))


def test_neither_a_fingerprint_nor_a_message_shows_the_content():
    secret = File(b"canary", 0o600, 0, 0)
    assert "canary" not in fingerprint(secret) + repr(secret)
