"""No path leads out of the root, whatever links are on the way."""

import os
from pathlib import Path

import pytest

from agent.apply.machine.tree import MAX_LINKS, Tree
from agent.host.durable import Disk


@pytest.fixture
def root(tmp_path):
    (tmp_path / "outside").mkdir()
    root = tmp_path / "root"
    (root / "etc/app").mkdir(parents=True)
    (root / "etc/file").write_text("x")
    return root


@pytest.fixture
def tree(root):
    return Tree(root, Disk())


def inode_of(descriptor):
    return os.fstat(descriptor).st_ino


@pytest.mark.parametrize(
    ("target", "place"),
    [
        ("app", "/etc/app/x"),
        ("/etc/app", "/etc/app/x"),
        ("../etc/./app/", "/etc/app/x"),
        ("../../../../etc/app", "/etc/app/x"),
        ("/../../outside", "/outside/x"),
        ("missing/deep", "/etc/missing/deep/x"),
        ("file", "/etc/file/x"),
    ],
)
def test_a_link_on_the_way_is_resolved_below_the_root(tree, root, target, place):
    (root / "etc/link").symlink_to(target)
    assert tree.place("/etc/link/x") == place


def test_the_last_component_is_never_resolved(tree, root):
    (root / "etc/link").symlink_to("app")
    assert tree.place("/etc/link") == "/etc/link"
    with tree.parent("/etc/link") as (at, name):
        assert (inode_of(at), name) == ((root / "etc").stat().st_ino, "link")


def test_the_parent_of_a_path_is_the_directory_to_which_the_links_lead(tree, root):
    (root / "etc/link").symlink_to("/etc/app")
    with tree.parent("/etc/link/x") as (at, name):
        assert (inode_of(at), name) == ((root / "etc/app").stat().st_ino, "x")


@pytest.mark.parametrize("path", ["/etc/missing/x", "/etc/file/x"])
def test_a_path_without_a_directory_has_no_parent_and_the_nearest_directory_is_found(tree, root, path):
    with pytest.raises(FileNotFoundError), tree.parent(path):
        pass
    with tree.nearest(path) as descriptor:
        assert inode_of(descriptor) == (root / "etc").stat().st_ino


@pytest.mark.parametrize("number", [MAX_LINKS, MAX_LINKS + 1])
def test_a_chain_of_links_has_an_end(tree, root, number):
    for position in range(1, number):
        (root / f"etc/link{position}").symlink_to(f"link{position + 1}")
    (root / f"etc/link{number}").symlink_to("app")
    if number <= MAX_LINKS:
        assert tree.place("/etc/link1/x") == "/etc/app/x"
    else:
        with pytest.raises(OSError, match="symbolic links"):
            tree.place("/etc/link1/x")


def test_a_link_to_itself_is_refused(tree, root):
    (root / "etc/loop").symlink_to("loop")
    with pytest.raises(OSError, match="symbolic links"):
        tree.place("/etc/loop/x")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives links away")
def test_a_link_that_another_user_can_turn_is_refused(tree, root):
    (root / "etc/link").symlink_to("app")
    os.lchown(root / "etc/link", 12345, 0)
    with pytest.raises(OSError, match="another user"):
        tree.place("/etc/link/x")


def open_descriptors():
    return {path.name for path in Path("/proc/self/fd").iterdir()}


def test_no_descriptor_is_left_open(tree, root):
    (root / "etc/loop").symlink_to("loop")
    before = open_descriptors()
    for path in ("/etc/app/x", "/etc/missing/x", "/etc/loop/x"):
        try:
            tree.place(path)
        except OSError:
            continue
    assert open_descriptors() == before
