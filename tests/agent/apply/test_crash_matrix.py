"""Whatever operation of an apply is the last: afterwards the gateway is as before or as wanted, never between.

Every operation that changes the disk is taken, not a sample, with every fault: killed before and after it, power cut
before and after it with everything lost that was not synced, no space, i/o error, read-only from here on. Then the
agent starts anew and settles.
"""

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from faulty_disk import ERRORS, FAULTS, FastDisk, FaultyDisk, Killed, copy_tree, tree

from agent.apply import applying
from agent.apply.applying import Room, apply_order, confirm, settle, undo
from agent.apply.machine.commands import Recorder
from agent.configuration.resolving import from_document
from agent.effects import (
    ActivateConnections,
    FetchedFile,
    Link,
    MakeDirectory,
    Power,
    PowerState,
    RemoveFile,
    RunCommand,
    ServiceVerb,
    Verb,
    Wanted,
    WriteFile,
)
from agent.errors import Code, Failure
from agent.handover.order import Apply, Result
from agent.host.program_files import userdata_schema
from agent.settings import ApplySettings

SCHEMA = userdata_schema()

LARGE = 256
"""Bytes; more are too large for memory in these tests."""
FIRMWARE, MODEL = b"firmware\n", b"M" * 5000


def file(path, content="x\n", mode=0o644, owner="root:root", **more):
    return Wanted(WriteFile(path, content.encode(), mode, owner), f"write_files: {path}", **more)


def fetched(path, content, mode=0o644):
    effect = FetchedFile(path, hashlib.sha256(content).hexdigest(), len(content), mode, "root:root")
    return Wanted(effect, f"write_files: {path}")


def link(path, target):
    return Wanted(Link(path, target, must_exist=False), f"link: {path}")


def act(action):
    return Wanted(action, f"{type(action).__name__}")


BEFORE = [
    file("/etc/hostname", "gw-before\n"),
    link("/etc/localtime", "../usr/share/zoneinfo/Etc/UTC"),
    link("/etc/gone-link", "hostname"),
    file("/etc/app/kept.conf", "kept\n"),
    file("/etc/app/changed.conf", "one\n"),
    file("/etc/app/mode.conf", "mode\n"),
    file("/etc/app/owner.conf", "owner\n"),
    file("/etc/app/gone.conf", "gone\n"),
    file("/etc/app/becomes-link", "file\n"),
    file("/etc/gone/deep/file.conf", "deep\n"),
    file("/etc/was/there.conf", "ours\n"),
    file("/opt/was-large", "small now\n"),
    act(ServiceVerb("old.service", Verb.ENABLE)),
]
AFTER = [
    file("/etc/hostname", "gw-after\n"),
    file("/etc/default/locale", "LANG=C.UTF-8\n"),
    link("/etc/localtime", "../usr/share/zoneinfo/Asia/Tokyo"),
    link("/etc/new/link", "nowhere"),
    link("/etc/app/becomes-link", "kept.conf"),
    file("/etc/app/kept.conf", "kept\n"),
    file("/etc/app/changed.conf", "two\n", then=(ServiceVerb("app.service", Verb.RESTART),)),
    file("/etc/app/mode.conf", "mode\n", 0o600),
    file("/etc/app/owner.conf", "owner\n", owner="1000:7"),
    file("/etc/app/secret.conf", "s3cr3t-canary\n", 0o600, sensitive=True),
    file("/etc/new/a/b/c.conf", "new\n"),
    file("/etc/theirs.conf", "ours now\n", 0o4755),
    Wanted(RemoveFile("/etc/unwanted.conf"), "absent[0]"),
    Wanted(RemoveFile("/etc/unwanted-link"), "absent[1]"),
    Wanted(MakeDirectory("/var/lib/app/data", 0o750, "1000:7"), "directories[0]"),
    file("/etc/systemd/system/app.service", "[Service]\nExecStart=true\n"),
    file("/etc/systemd/system/old.service.d/limits.conf", "[Service]\nTasksMax=9\n"),
    file("/etc/systemd/timesyncd.conf.d/kitting.conf", "[Time]\nNTP=ntp.soracom.io\n"),
    file("/etc/NetworkManager/system-connections/wan.nmconnection", "[connection]\nid=wan\n", 0o600),
    fetched("/opt/app/firmware.bin", FIRMWARE, 0o755),
    fetched("/opt/app/model.bin", MODEL),
    fetched("/opt/large", MODEL, 0o600),
    act(ServiceVerb("app.service", Verb.ENABLE)),
    act(ServiceVerb("noise.service", Verb.MASK)),
    act(ActivateConnections(("wan",))),
    act(RunCommand(("true",), 5.0)),
    act(RunCommand(("false",), 5.0, own_scope=True)),
    act(PowerState(Power.REBOOT, 60.0)),
]
SMALL = [file("/etc/hostname", "gw-small\n"), *BEFORE[1:], file("/etc/n/one")]
GENERATIONS = {"before": BEFORE, "after": AFTER, "small": SMALL}
RESOURCES = 25
"""At least so many are in the reference document."""


@pytest.fixture(scope="module", autouse=True)
def _effects_instead_of_documents():
    """An order whose digest names a generation has its effects; any other one has its document's."""
    plan = applying._plan

    def planned(order, room, remembered):
        if order.digest not in GENERATIONS:
            return plan(order, room, remembered)
        wanted = GENERATIONS[order.digest]
        seen = room.gateway.observe(applying.questions(wanted, remembered))
        return applying.make_plan(wanted, seen, remembered, order.digest)

    applying._plan = planned
    yield
    applying._plan = plan


def order(generation, name):
    return Apply(name, generation, {}, "8981")


def document_order(document, name):
    configuration = from_document(document, SCHEMA)
    return Apply(name, configuration.digest, configuration.document, "8981")


def room(place, disk=None):
    policy = ApplySettings(root=place / "root")
    return Room(place / "state/apply", place / "state", policy, disk or FastDisk(), Recorder(), LARGE)


def prepared(place):
    """A gateway that came with files of its own and has been given the first configuration."""
    root = place / "root"
    for path, content in {
        "etc/hostname": "raspberrypi\n",
        "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
        "etc/group": "root:x:0:\n",
        "etc/was/there.conf": "theirs\n",
        "etc/theirs.conf": "theirs\n",
        "etc/unwanted.conf": "unwanted\n",
        "opt/was-large": "W" * 3000,
        "opt/large": "L" * 3000,
        "usr/share/zoneinfo/Etc/UTC": "TZif",
        "usr/share/zoneinfo/Asia/Tokyo": "TZif",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    (root / "etc/was/there.conf").chmod(0o600)
    (root / "etc/unwanted-link").symlink_to("passwd")
    (place / "state/fetched").mkdir(parents=True, mode=0o700)
    for content in (FIRMWARE, MODEL):
        (place / "state/fetched" / hashlib.sha256(content).hexdigest()).write_bytes(content)
    assert apply_order(order("before", "first"), room(place)).result is Result.UNCONFIRMED
    assert confirm(room(place)).result is Result.COMMITTED
    return place


@pytest.fixture(scope="module")
def memory():
    """Thousands of trees are made and thrown away: in memory, where there is room for that."""
    place = Path(tempfile.mkdtemp(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))
    yield place
    shutil.rmtree(place)


@pytest.fixture
def tmp_path(memory):
    return Path(tempfile.mkdtemp(dir=memory))


@pytest.fixture(scope="module")
def ready(memory):
    return prepared(Path(tempfile.mkdtemp(dir=memory)))


@pytest.fixture(scope="module")
def wanted_tree(ready, memory):
    place = copied(ready, Path(tempfile.mkdtemp(dir=memory)))
    assert apply_order(order("after", "second"), room(place)).result is Result.UNCONFIRMED
    return tree(place / "root")


def copied(ready, place):
    shutil.rmtree(place)
    copy_tree(ready, place)
    return place


def changes_of(ready, place, act):
    """How many operations change the disk while `act` is done to a copy."""
    disk = FaultyDisk()
    act(room(copied(ready, place), disk))
    return len(disk.changes)


def apply_after(it):
    return apply_order(order("after", "second"), it)


def matrix(ready, place, act, faults=FAULTS):
    count = changes_of(ready, place, act)
    return [(number, fault) for number in range(count) for fault in faults]


class Check:
    """After a restart: the one or the other, and it is said which; and the gateway can still become what is wanted.

    What follows from a tree and what is remembered beside it is the same each time, and is tried once for each.
    """

    def __init__(self, before, after):
        self.before, self.after, self.seen = before, after, set()

    def __call__(self, place, case):
        outcome = settle(room(place))
        there = tree(place / "root")
        assert there in (self.before, self.after), case
        result = outcome and outcome.result
        assert result not in {Result.UNCONFIRMED, Result.COMMITTED} or there == self.after, case
        assert result not in {Result.NOT_APPLIED, Result.UNDONE} or there == self.before, case
        state = repr((result is Result.UNCONFIRMED, there, tree(place / "state/apply/transaction")))
        if state in self.seen:
            return
        self.seen.add(state)
        if result is not Result.UNCONFIRMED:
            again = apply_order(order("after", "again"), room(place))
            assert again.result in {Result.UNCONFIRMED, Result.COMMITTED}, case
        assert tree(place / "root") == self.after, case


def test_every_operation_of_an_apply_may_be_the_last(ready, wanted_tree, tmp_path):
    before = tree(ready / "root")
    check = Check(before, wanted_tree)
    assert len(AFTER) >= RESOURCES
    cases = matrix(ready, tmp_path, apply_after)
    assert len(cases) >= 500
    for number, fault in cases:
        place = copied(ready, tmp_path)
        try:
            outcome = apply_after(room(place, FaultyDisk(number, fault)))
        except (Killed, Failure):
            outcome = None
        if fault in ERRORS and outcome is not None and outcome.result is Result.NOT_APPLIED and fault != "read-only":
            unsettled = outcome.failure.code is Code.APPLY_UNSETTLED
            assert unsettled or tree(place / "root") == before, (number, fault)
        check(place, (number, fault))


def unconfirmed(ready, place):
    shutil.rmtree(place)
    copy_tree(ready, place)
    apply_after(room(place))
    return place


def test_every_operation_of_a_confirmation_may_be_the_last(ready, wanted_tree, tmp_path, memory):
    waiting = unconfirmed(ready, Path(tempfile.mkdtemp(dir=memory)))
    for number, fault in matrix(waiting, tmp_path, confirm):
        place = copied(waiting, tmp_path)
        with suppress(Killed, Failure):
            confirm(room(place, FaultyDisk(number, fault)))
        settle(room(place))
        assert tree(place / "root") == wanted_tree, (number, fault)


def test_every_operation_of_the_way_back_may_be_the_last(ready, wanted_tree, tmp_path, memory):
    before = tree(ready / "root")
    waiting = unconfirmed(ready, Path(tempfile.mkdtemp(dir=memory)))
    lost = Failure(Code.APPLY_UNCONFIRMED, "no answer")
    for number, fault in matrix(waiting, tmp_path, lambda it: undo(it, lost), (*FAULTS[:4], "i/o error")):
        place = copied(waiting, tmp_path)
        with suppress(Killed, Failure):
            undo(room(place, FaultyDisk(number, fault)), lost)
        outcome = settle(room(place))
        there = tree(place / "root")
        if outcome is not None and outcome.result is Result.UNCONFIRMED:
            assert there == wanted_tree, (number, fault)
            undo(room(place), lost)
            there = tree(place / "root")
        assert there == before, (number, fault)


def test_any_two_cuts_leave_the_one_or_the_other(ready, tmp_path):
    before = tree(ready / "root")
    small = order("small", "small")
    place = copied(ready, tmp_path)
    apply_order(small, room(place))
    after = tree(place / "root")
    count = changes_of(ready, tmp_path, lambda it: apply_order(small, it))
    for first in range(count):
        place = copied(ready, tmp_path)
        with pytest.raises(Killed):
            apply_order(small, room(place, FaultyDisk(first, "power cut after")))
        cut = tmp_path.with_name("cut")
        shutil.rmtree(cut, ignore_errors=True)
        copy_tree(place, cut)
        disk = FaultyDisk()
        settle(room(place, disk))
        for second in range(len(disk.changes)):
            place = copied(cut, tmp_path)
            with pytest.raises(Killed):
                settle(room(place, FaultyDisk(second, "power cut before")))
            settle(room(place))
            assert tree(place / "root") in (before, after), (first, second)


@pytest.mark.parametrize("act", ["apply", "undo"])
def test_a_kill_and_a_power_cut_right_after_what_followed_leave_the_one_or_the_other(ready, tmp_path, memory, act):
    """What a killed process did not sync looks done to the next one, and is lost with the power all the same."""
    before, small, lost = tree(ready / "root"), order("small", "small"), Failure(Code.APPLY_UNCONFIRMED, "no answer")
    waiting = copied(ready, Path(tempfile.mkdtemp(dir=memory)))
    apply_order(small, room(waiting))
    after = tree(waiting / "root")

    def apply_small(it):
        return apply_order(small, it)

    begin, did = (ready, apply_small) if act == "apply" else (waiting, lambda it: undo(it, lost))
    for number in range(changes_of(begin, tmp_path, did)):
        place = copied(begin, tmp_path)
        killed = FaultyDisk(number, "killed after")
        with pytest.raises(Killed):
            did(room(place, killed))
        then = FaultyDisk(None, "power cut after", earlier=killed)
        settle(room(place, then))
        with pytest.raises(Killed):
            then._end()
        settle(room(place))
        assert tree(place / "root") in (before, after), number


def test_a_sync_that_is_left_out_is_noticed_by_the_matrix(ready, wanted_tree, tmp_path):
    """The test of the test: a disk that does not sync when told to does not keep the promise."""
    before = tree(ready / "root")
    clean = FaultyDisk()
    apply_after(room(copied(ready, tmp_path), clean))
    syncs = [number for number, name in enumerate(clean.changes) if name == "sync"]
    broken = 0
    for number in range(len(clean.changes)):
        place = copied(ready, tmp_path)
        with pytest.raises(Killed):
            apply_after(room(place, FaultyDisk(number, "power cut after", ignore_syncs=frozenset(syncs))))
        try:
            Check(before, wanted_tree)(place, number)
        except (AssertionError, Failure):
            broken += 1
    assert broken


def test_the_same_again_changes_nothing_on_the_disk_below_the_root(ready, tmp_path):
    place = copied(ready, tmp_path)
    before = {path: path.lstat().st_mtime_ns for path in (place / "root").rglob("*")}
    outcome = apply_order(order("before", "again"), room(place))
    assert (outcome.result, outcome.changes) == (Result.COMMITTED, ())
    assert {path: path.lstat().st_mtime_ns for path in (place / "root").rglob("*")} == before


def test_what_stood_there_before_comes_back_with_its_mode_when_nothing_names_it_any_more(ready, tmp_path):
    place = copied(ready, tmp_path)
    apply_order(document_order({"hostname": "gw"}, "bare"), room(place))
    confirm(room(place))
    file = place / "root/etc/was/there.conf"
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("theirs\n", 0o600)
    assert not (place / "root/etc/gone").exists()


def test_a_secret_is_in_no_outcome_and_in_no_name(ready, tmp_path):
    place = copied(ready, tmp_path)
    outcome = apply_after(room(place))
    said = (place / "state/apply/outcome.json").read_text()
    assert "s3cr3t-canary" not in said + repr(outcome)
    assert not any("s3cr3t-canary" in str(path) for path in (place / "state").rglob("*"))


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"{}", b"00000002 00000000 {}\n"])
def test_a_damaged_journal_is_set_aside_and_said(ready, tmp_path, content):
    place = copied(ready, tmp_path)
    (place / "state/apply/transaction/journal").write_bytes(content)
    outcome = settle(room(place))
    assert outcome.failure.code is Code.APPLY_UNSETTLED
    assert (place / "state/apply/transaction/journal.damaged").read_bytes() == content
    assert settle(room(place)) is None


def test_a_journal_that_is_torn_anywhere_leads_to_the_one_or_the_other(ready, wanted_tree, tmp_path, memory):
    waiting = unconfirmed(ready, Path(tempfile.mkdtemp(dir=memory)))
    before = tree(ready / "root")
    whole = (waiting / "state/apply/transaction/journal").read_bytes()
    saved = whole.index(b"\n", whole.index(b'"saved"')) + 1
    for length in range(saved, len(whole), 7):
        place = copied(waiting, tmp_path)
        (place / "state/apply/transaction/journal").write_bytes(whole[:length])
        settle(room(place))
        assert tree(place / "root") == before, length
    assert wanted_tree != before


def test_an_order_that_is_not_what_it_names_is_refused(ready, tmp_path):
    place = copied(ready, tmp_path)
    outcome = apply_order(replace(document_order({}, "x"), digest="0" * 64), room(place))
    assert (outcome.result, outcome.failure.code) == (Result.NOT_APPLIED, Code.ORDER_INVALID)


@pytest.mark.parametrize("target", ["/etc/shadow", "../../../../outside", "/proc/self"])
def test_a_link_on_the_way_leads_nowhere_that_is_forbidden(ready, tmp_path, target):
    place = copied(ready, tmp_path)
    (place / "root/etc/trap").symlink_to(target)
    outside = place / "outside"
    outcome = apply_order(
        document_order({"write_files": [{"path": "/etc/trap/file", "content": "x"}]}, "trap"), room(place)
    )
    assert outcome.result is Result.NOT_APPLIED or (place / "root" / target.split("/")[-1] / "file").exists()
    assert not outside.exists()
    assert not Path("/outside").exists()


def test_nothing_waits_for_a_confirmation_that_nobody_asked_for(ready, tmp_path):
    with pytest.raises(Failure) as caught:
        confirm(room(copied(ready, tmp_path)))
    assert caught.value.code is Code.ORDER_INVALID
