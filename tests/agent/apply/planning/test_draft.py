"""A plan in the making: directories above, and what the agent may replace."""

import pytest

from agent.apply.planning.draft import Draft, Target, add_parents
from agent.apply.planning.nodes import Absent, Directory, File, Other, fingerprint
from agent.apply.planning.observation import Observation
from agent.apply.planning.steps import Managed, ManagedPath
from agent.errors import Code, Failure
from agent.reasons import Cause, DirectoryAbove, DocumentKey

KEY = DocumentKey(("write_files", 0))
FILE, DIRECTORY = File(b"x", 0o644, 0, 0), Directory(0o755, 0, 0)


def draft(found=(), names=(), managed=()):
    seen = Observation({}, dict(found), dict(names), {"root:root": (0, 0)})
    paths = {path: ManagedPath(fingerprint(node), Absent(), KEY) for path, node in dict(managed).items()}
    return Draft.of(seen, Managed(paths))


def test_missing_directories_above_are_made_for_the_same_reason():
    it = draft({"/opt": DIRECTORY})
    it.targets["/opt/a/b/c"] = Target(FILE, KEY)
    it.targets["/opt/gone/x"] = Target(Absent(), KEY)
    add_parents(it)
    assert it.targets["/opt/a"] == it.targets["/opt/a/b"] == Target(DIRECTORY, DirectoryAbove(KEY))
    assert "/opt" not in it.targets
    assert "/opt/gone" not in it.targets


def test_a_directory_above_a_directory_above_has_the_reason_of_the_path():
    it = draft()
    it.targets["/a/b"] = Target(DIRECTORY, DirectoryAbove(Cause.NO_LONGER_NAMED))
    add_parents(it)
    assert it.targets["/a"].because == DirectoryAbove(Cause.NO_LONGER_NAMED)


@pytest.mark.parametrize(
    ("found", "managed", "planned"),
    [({"/etc/a": FILE}, {}, {}), ({}, {}, {"/etc/a": Target(FILE, KEY)})],
    ids=["somebody's file", "a planned file"],
)
def test_a_file_where_a_directory_is_needed_is_refused(found, managed, planned):
    it = draft({"/etc": DIRECTORY, **found}, managed=managed)
    it.targets |= {**planned, "/etc/a/b": Target(FILE, KEY)}
    with pytest.raises(Failure) as caught:
        add_parents(it)
    assert (caught.value.code, caught.value.where) == (Code.APPLY_FAILED, "/etc/a")


def test_a_file_of_the_agent_makes_room_for_a_directory():
    it = draft({"/etc": DIRECTORY, "/etc/a": FILE}, managed={"/etc/a": FILE})
    it.targets["/etc/a/b"] = Target(FILE, KEY)
    add_parents(it)
    assert it.targets["/etc/a"].node == DIRECTORY


def test_a_directory_is_emptied_if_everything_in_it_goes():
    it = draft(names={"/etc/a": frozenset({"one", "two"})})
    it.targets["/etc/a/one"] = Target(Absent(), KEY)
    assert not it.is_emptied("/etc/a")
    it.targets["/etc/a/two"] = Target(Absent(), KEY)
    assert it.is_emptied("/etc/a")


def test_what_cannot_be_brought_back_is_not_replaced():
    it = draft({"/dev/x": Other("a device, pipe or socket"), "/etc/a": FILE})
    assert it.replaceable("/etc/a") == FILE
    with pytest.raises(Failure, match="a device, pipe or socket"):
        it.replaceable("/dev/x")


def test_what_is_managed_is_known_by_its_place():
    seen = Observation({"/etc/link/a": "/opt/a"}, {"/opt/a": FILE}, {}, {})
    it = Draft.of(seen, Managed({"/etc/link/a": ManagedPath(fingerprint(FILE), Absent(), KEY)}))
    assert it.is_as_left("/opt/a")
