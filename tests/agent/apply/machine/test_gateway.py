"""What the gateway observes, and what it writes: directories are synced once, after all files in them."""

import os

import pytest
from effects_gateway import Actions
from faulty_disk import FaultyDisk

from agent.apply.machine.gateway import Gateway
from agent.apply.planning.nodes import Absent, Directory, File, Large, Lost, sha256
from agent.apply.planning.observation import Observation, Questions
from agent.apply.planning.steps import ActionStep, FileStep
from agent.apply.planning.unit_state import UnitState
from agent.effects import RunCommand, ServiceVerb, Verb
from agent.errors import Code, Failure
from agent.handover.order import Ran
from agent.host.durable import Disk
from agent.reasons import DocumentKey

KEY = DocumentKey(("write_files", 0))
OWNER = (os.geteuid(), os.getegid())
LARGE = 10


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "root"
    for path in ("etc/app", "opt"):
        (root / path).mkdir(parents=True)
    for path in ("etc/app", "etc", "opt"):
        (root / path).chmod(0o755)
    (root / "etc/a").write_bytes(b"a")
    (root / "etc/a").chmod(0o644)
    (root / "etc/link").symlink_to("/opt")
    (tmp_path / "fetched").mkdir()
    return root


def gateway(root, disk=None, actor=None):
    def open_large(digest):
        return os.open(root.parent / "fetched" / digest, os.O_RDONLY)

    return Gateway(root, disk or Disk(), actor or Actions(), open_large, LARGE)


def test_a_gateway_answers_all_questions_at_once(root):
    (root.parent / "fetched" / sha256(b"small")).write_bytes(b"small")
    questions = Questions(
        ("/etc/app", "/etc/a", "/etc/link/b"),
        ("0:7",),
        ("a.service",),
        ((sha256(b"small"), 5), (sha256(b"missing"), 7), (sha256(b"large"), LARGE + 1)),
        ("/etc/link/home",),
    )
    directory = Directory(0o755, *OWNER)
    found = {
        "/etc": directory,
        "/etc/app": directory,
        "/etc/a": File(b"a", 0o644, *OWNER),
        "/opt": directory,
        "/opt/b": Absent(),
        "/opt/home": Absent(),
    }
    places = {
        "/etc/app": "/etc/app",
        "/etc/a": "/etc/a",
        "/etc/link/b": "/opt/b",
        "/etc/link/home": "/opt/home",
    }
    is_root = os.geteuid() == 0
    assert gateway(root).observe(questions) == Observation(
        places,
        found,
        {"/etc/app": frozenset()},
        {"0:7": (0, 7) if is_root else OWNER},
        {"a.service": UnitState("static")},
        owner_kept=not is_root,
        fetched={sha256(b"small"): b"small"},
        large_bytes=LARGE,
    )


def test_files_that_are_written_together_cost_one_sync_for_each_directory(root):
    disk = FaultyDisk()
    steps = [FileStep(f"/etc/app/{name}", Absent(), File(b"", 0o644, *OWNER), KEY) for name in "abc"]
    gateway(root, disk).write([*steps, FileStep("/opt/x", Absent(), File(b"", 0o644, *OWNER), KEY)])
    assert disk.changes.count("sync") == 4 + 2
    assert disk.changes[-2:] == ["sync", "sync"]


def test_a_refusal_names_the_path(root):
    (root / "etc/a.d").write_text("")
    with pytest.raises(Failure) as caught:
        gateway(root).write([FileStep("/etc/a.d/x", Absent(), File(b"", 0o644, *OWNER), KEY)])
    assert (caught.value.code, caught.value.where) == (Code.APPLY_FAILED, "/etc/a.d/x")


def test_what_stood_there_is_put_back_and_synced(root):
    disk = FaultyDisk()
    assert gateway(root, disk).put_back("/etc/a", File(b"before", 0o600, *OWNER))
    assert (root / "etc/a").read_bytes() == b"before"
    assert disk.changes[-1] == "sync"


def test_a_directory_with_files_of_another_program_stays(root):
    (root / "etc/app/theirs").write_text("")
    assert not gateway(root).put_back("/etc/app", Absent())
    assert (root / "etc/app/theirs").exists()


def test_what_is_below_a_directory_that_is_gone_is_absent_already(root):
    assert gateway(root).put_back("/etc/none/x", Absent())


def test_a_lost_copy_cannot_be_put_back(root):
    with pytest.raises(Failure, match="kept copy") as caught:
        gateway(root).put_back("/etc/a", Lost("0" * 64))
    assert caught.value.where == "/etc/a"
    assert (root / "etc/a").read_bytes() == b"a"


def test_a_large_file_is_kept_by_its_digest(root, tmp_path):
    content = b"more than ten bytes"
    (root / "opt/large").write_bytes(content)
    kept_at = os.open(tmp_path / "fetched", os.O_RDONLY)
    large = Large(sha256(content), len(content), 0o644, *OWNER)
    gateway(root).keep("/opt/large", large, kept_at)
    assert (tmp_path / "fetched" / sha256(content)).read_bytes() == content
    (root / "opt/large").write_bytes(b"changed in between")
    (tmp_path / "fetched" / sha256(content)).unlink()
    with pytest.raises(Failure):
        gateway(root).keep("/opt/large", large, kept_at)
    os.close(kept_at)


def test_only_the_end_of_a_command_of_the_document_is_reported():
    ran = Ran("true", 0, 0.1, "", KEY)
    actor = Actions(ran=ran)
    command = RunCommand(("true",), 5.0)
    it = gateway(root=None, actor=actor)
    assert it.do(ActionStep(command, KEY, once=True)) == ran
    assert it.do(ActionStep(command, KEY)) is None
    assert it.do(ActionStep(ServiceVerb("a", Verb.RESTART), KEY, is_way_back=True)) is None
    assert [how for how, _ in actor.done] == ["do", "do", "redo"]
