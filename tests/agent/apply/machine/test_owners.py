"""The numbers of users and groups, by the files of the gateway that is configured."""

import os
from pathlib import Path

import pytest

from agent.apply.machine.owners import may_give_away, owner_named
from agent.apply.machine.tree import Tree
from agent.errors import Code, Failure
from agent.host.durable import Disk

ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").write_text("root:x:0:0::/:/bin/sh\nop:x:1500:7::/:/bin/sh\nbroken\nodd:x:y:0\n")
    (tmp_path / "etc/group").write_text("root:x:0:\ndialout:x:20:\n")
    return Tree(tmp_path, Disk())


@ROOT
@pytest.mark.parametrize(
    ("text", "owner"),
    [("op:dialout", (1500, 20)), ("root:root", (0, 0)), ("1000:7", (1000, 7)), ("op:65534", (1500, 65534))],
)
def test_names_are_looked_up_in_the_files_below_the_root(tree, text, owner):
    assert owner_named(tree, text) == owner


@ROOT
@pytest.mark.parametrize("text", ["nobody:root", "op:op", "broken:root", "odd:root", ":root", "op:"])
def test_an_unknown_name_is_refused(tree, text):
    with pytest.raises(Failure, match="no user or group") as caught:
        owner_named(tree, text)
    assert caught.value.code is Code.APPLY_FAILED


@ROOT
def test_root_needs_no_file(tmp_path):
    assert owner_named(Tree(tmp_path, Disk()), "root:root") == (0, 0)


def test_the_running_system_is_asked_for_its_own_names():
    assert owner_named(Tree(Path("/"), Disk()), "root:root") == (0, 0)


@pytest.mark.skipif(os.geteuid() == 0, reason="root gives files away")
def test_without_root_files_keep_the_owner_of_the_process(tree):
    assert owner_named(tree, "no-such-user:no-such-group") == (os.geteuid(), os.getegid())
    assert not may_give_away(tree.root)
