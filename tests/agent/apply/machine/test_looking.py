"""What is found at a path, as a node."""

import os

import pytest

from agent.apply.machine import looking
from agent.apply.machine.looking import found_at, names_in
from agent.apply.machine.tree import Tree
from agent.apply.planning.nodes import Absent, Directory, File, Large, Other, Symlink, sha256
from agent.host.durable import Disk

OWNER = (os.geteuid(), os.getegid())
LARGE = 10


@pytest.fixture
def root(tmp_path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc").chmod(0o755)
    return tmp_path


def found(root, path):
    return found_at(Tree(root, Disk()), path, LARGE)


def test_each_kind_of_thing_is_a_node_of_its_own(root):
    (root / "etc/file").write_bytes(b"small")
    (root / "etc/file").chmod(0o4750)
    (root / "etc/large").write_bytes(b"more than ten bytes")
    (root / "etc/large").chmod(0o600)
    (root / "etc/link").symlink_to("nowhere")
    os.mkfifo(root / "etc/pipe")
    assert found(root, "/etc/file") == File(b"small", 0o4750, *OWNER)
    assert found(root, "/etc/large") == Large(sha256(b"more than ten bytes"), 19, 0o600, *OWNER)
    assert found(root, "/etc/link") == Symlink("nowhere", *OWNER)
    assert found(root, "/etc/pipe") == Other("a device, pipe or socket")
    assert found(root, "/etc") == Directory(0o755, *OWNER)
    assert found(root, "/") == Directory(0o755, 0, 0)


@pytest.mark.parametrize("path", ["/etc/none", "/none/x"])
def test_where_nothing_is_nothing_is_found(root, path):
    assert found(root, path) == Absent()


def test_a_file_that_is_too_large_to_be_kept_is_not_the_agents_to_replace(root, monkeypatch):
    monkeypatch.setattr(looking, "MAX_KEPT_BYTES", 15)
    (root / "etc/huge").write_bytes(b"more than fifteen bytes")
    assert isinstance(found(root, "/etc/huge"), Other)


@pytest.mark.parametrize("path", ["/etc/file", "/etc/none", "/none/x", "/etc/link"])
def test_only_a_directory_has_names(root, path):
    (root / "etc/file").write_bytes(b"")
    (root / "etc/link").symlink_to("/etc")
    assert names_in(Tree(root, Disk()), path) == frozenset()
    assert names_in(Tree(root, Disk()), "/etc") == {"file", "link"}
