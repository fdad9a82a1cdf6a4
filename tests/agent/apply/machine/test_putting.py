"""Whatever is at a name, it becomes exactly the wanted node; what a power cut left beside it goes."""

import os
from itertools import product

import pytest
from faulty_disk import FaultyDisk

from agent.apply.machine.looking import look
from agent.apply.machine.putting import put_node
from agent.apply.planning.nodes import Absent, Directory, File, Large, Symlink, sha256
from agent.host.durable import Disk, temporary_name

OWNER = (os.geteuid(), os.getegid())
# The kernel takes the set-user-ID bit off a file that anybody but root writes.
SPECIAL = 0o4600 if os.geteuid() == 0 else 0o600
LARGE = 10
CONTENT = b"more than ten bytes"
NODES = [
    Absent(),
    File(b"x", 0o644, *OWNER),
    File(b"x", SPECIAL, *OWNER),
    Large(sha256(CONTENT), len(CONTENT), 0o644, *OWNER),
    Symlink("x", *OWNER),
]
DIRECTORIES = [Absent(), Directory(0o755, *OWNER), Directory(0o700, *OWNER)]


class Place:
    """A directory with a name in it at which nodes are put."""

    def __init__(self, path):
        self.path = path
        (path / "source").write_bytes(CONTENT)
        self.at = os.open(path, os.O_RDONLY)

    def put(self, node, disk=None):
        put_node(disk or Disk(), self.at, "name", node, self._open, LARGE)

    def _open(self, digest, size):
        assert (digest, size) == (sha256(CONTENT), len(CONTENT))
        return os.open(self.path / "source", os.O_RDONLY)

    @property
    def node(self):
        return look(Disk(), self.at, "name", LARGE)

    @property
    def names(self):
        return {path.name for path in self.path.iterdir()} - {"source"}


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path)
    yield made
    os.close(made.at)


@pytest.mark.parametrize(("before", "after"), [*product(NODES, NODES), *product(DIRECTORIES, DIRECTORIES)])
def test_a_name_becomes_exactly_the_node(place, before, after):
    place.put(before)
    assert place.node == before
    place.put(after)
    assert place.node == after
    assert place.names == (set() if after == Absent() else {"name"})


@pytest.mark.parametrize("node", NODES[1:])
def test_what_a_power_cut_left_beside_a_name_is_removed(place, node):
    (place.path / temporary_name("name")).write_bytes(b"half")
    place.put(node)
    assert place.names == {"name"}


@pytest.mark.parametrize(
    ("node", "changes"),
    [
        (NODES[1], ["sync"]),
        (NODES[3], ["sync"]),
        (NODES[4], []),
        (Absent(), []),
        (DIRECTORIES[1], ["set_owner", "set_mode", "sync"]),
    ],
)
def test_a_node_that_is_in_place_is_only_made_sure_of(place, node, changes):
    place.put(node)
    disk = FaultyDisk()
    place.put(node, disk)
    assert disk.changes == changes


@pytest.mark.parametrize("node", [NODES[1], NODES[4]])
def test_a_refusal_leaves_the_old_node_and_nothing_beside_it(place, node):
    place.put(NODES[2])
    clean = FaultyDisk()
    place.put(node, clean)
    for number in range(clean.changes.index("rename") + 1):
        place.put(NODES[2])
        with pytest.raises(OSError, match="Input/output"):
            place.put(node, FaultyDisk(number, "i/o error"))
        assert (place.node, place.names) == (NODES[2], {"name"})


def test_a_large_content_with_another_digest_is_refused(place):
    (place.path / "source").write_bytes(b"other than ten bytes")
    with pytest.raises(OSError, match="digest"):
        place.put(NODES[3])
    assert place.names == set()
