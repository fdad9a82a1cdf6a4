"""From one generation to the next and back.

Every tree that two documents can make, files that are too large for memory, what somebody else changed since, and what
is removed for good.
"""

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from example_counts import scaled
from faulty_disk import FAULTS, KILLS, FastDisk, FaultyDisk, Killed, copy_tree, tree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.apply import applying
from agent.apply.applying import Room, apply_order, confirm, roll_back, scrub, settle
from agent.apply.machine.commands import Recorder
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
from agent.handover.files import read_outcome
from agent.handover.order import Apply, Ran, Result, RollBack, Scrub
from agent.host.durable import COPY_BYTES
from agent.settings import ApplySettings

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""Where thousands of trees are made and thrown away without a disk."""
MANY = 40
LARGE = 64
"""Bytes; more are too large for memory in these tests."""


class Bench:
    """A root with files of its own, and a privileged half that is told effects instead of documents."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.root = place / "root"
        for path, content in {
            "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
            "etc/group": "root:x:0:\n",
            "etc/theirs.conf": "theirs\n",
            "opt/big": "B" * 1000,
            "opt/dir/inside": "inside\n",
        }.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(content)
        (self.root / "opt/link").symlink_to("dir")
        (self.root / "etc/theirs.conf").chmod(0o640)
        (place / "state/fetched").mkdir(parents=True, mode=0o700)
        self.number = 0
        self.acts = Recorder()

    def room(self, disk=None) -> Room:
        own, state = self.place / "state/apply", self.place / "state"
        return Room(own, state, ApplySettings(root=self.root), disk or FastDisk(), self.acts, LARGE)

    def fetched(self, content: bytes) -> tuple[str, int]:
        digest = hashlib.sha256(content).hexdigest()
        (self.place / "state/fetched" / digest).write_bytes(content)
        return digest, len(content)

    def order(self, kind=Apply):
        self.number += 1
        more = (f"digest-{self.number}", {}, "card") if kind is Apply else ()
        return kind(f"order-{self.number}", *more)

    def becomes(self, wanted, disk=None):
        """Applies and confirms these effects."""
        room = self.room(disk)
        before = applying._plan
        applying._plan = lambda _order, room, remembered: _planned(wanted, room, remembered)
        try:
            outcome = apply_order(self.order(), room)
            return confirm(room) if outcome.result is Result.UNCONFIRMED else outcome
        finally:
            applying._plan = before

    @property
    def tree(self):
        return tree(self.root)


def _planned(wanted, room, remembered):
    seen = room.gateway.observe(applying.questions(wanted, remembered))
    return applying.make_plan(wanted, seen, remembered, "occasion")


@pytest.fixture
def bench():
    place = Path(tempfile.mkdtemp(dir=MEMORY))
    yield Bench(place / "gw")
    shutil.rmtree(place)


def file(path, content=b"x\n", mode=0o644, **more):
    return Wanted(WriteFile(path, content, mode, "root:root"), "write_files[0]", **more)


names = st.sampled_from(
    ["/etc/theirs.conf", "/etc/a", "/etc/b", "/etc/d", "/etc/d/x", "/etc/d/e/y", "/opt/dir/z", "/opt/big"]
)
modes = st.sampled_from([0o600, 0o644, 0o755, 0o4711])
owners = st.sampled_from(["root:root", "1000:1000", "0:7"])
contents = st.binary(max_size=100)
files = st.builds(WriteFile, names, contents, modes, owners)
effects = st.one_of(
    files,
    st.builds(Link, names, st.sampled_from(["/etc/passwd", "nowhere", "../x"]), st.just(False)),
    st.builds(MakeDirectory, names, modes, owners),
    st.builds(RemoveFile, names),
)
documents = st.lists(effects, max_size=6, unique_by=lambda effect: effect.path).map(
    lambda many: [Wanted(effect, f"write_files[{number}]") for number, effect in enumerate(many)]
)


@settings(max_examples=scaled(150), suppress_health_check=list(HealthCheck))
@given(documents, documents)
def test_any_generation_can_be_gone_back_to_and_the_first_one_leaves_no_trace(first, second):
    place = Path(tempfile.mkdtemp(dir=MEMORY))
    try:
        bench = Bench(place)
        pristine = bench.tree
        if bench.becomes(first).result is not Result.COMMITTED:
            assert bench.tree == pristine
            return
        before = bench.tree
        managed = bench.becomes(first)
        assert (managed.changes, bench.tree) == ((), before)
        if bench.becomes(second).result is not Result.COMMITTED:
            assert bench.tree == before
        elif bench.tree != before:
            assert roll_back(bench.order(RollBack), bench.room()).result is Result.COMMITTED
            assert bench.tree == before
        bench.becomes([])
        assert bench.tree == pristine
    finally:
        shutil.rmtree(place)


def test_nobody_goes_back_twice(bench):
    bench.becomes([file("/etc/a")])
    assert roll_back(bench.order(RollBack), bench.room()).result is Result.COMMITTED
    again = roll_back(bench.order(RollBack), bench.room())
    assert (again.result, again.failure.code) == (Result.NOT_APPLIED, Code.ORDER_INVALID)


def test_going_back_leaves_what_somebody_else_changed_since(bench):
    bench.becomes([file("/etc/a"), file("/etc/b")])
    (bench.root / "etc/a").write_text("theirs now\n")
    outcome = roll_back(bench.order(RollBack), bench.room())
    assert [(change.what, change.where) for change in outcome.changes] == [("removed", "/etc/b"), ("left", "/etc/a")]
    assert (bench.root / "etc/a").read_text() == "theirs now\n"


def test_every_operation_of_going_back_may_be_the_last(bench):
    bench.becomes([file("/etc/a"), file("/etc/theirs.conf", b"one\n")])
    before = bench.tree
    bench.becomes([file("/etc/theirs.conf", b"two\n"), file("/etc/n/e/w")])
    after = bench.tree
    saved = bench.place.with_name("saved")
    copy_tree(bench.place, saved)

    def anew(disk):
        shutil.rmtree(bench.place)
        copy_tree(saved, bench.place)
        return roll_back(bench.order(RollBack), bench.room(disk))

    clean = FaultyDisk()
    anew(clean)
    assert bench.tree == before
    for number in range(len(clean.changes)):
        for fault in FAULTS:
            with suppress(Killed, Failure):
                anew(FaultyDisk(number, fault))
            settle(bench.room())
            assert bench.tree in (before, after), (number, fault)


def test_what_somebody_else_changed_and_the_document_still_wants_is_drift_and_is_left(bench):
    bench.becomes([file("/etc/a")])
    (bench.root / "etc/a").write_text("edited\n")
    outcome = bench.becomes([file("/etc/a")])
    assert [(change.what, change.where) for change in outcome.changes] == [("drift", "/etc/a")]
    assert (bench.root / "etc/a").read_text() == "edited\n"


def test_drift_is_put_right_where_the_document_enforces(bench):
    bench.becomes([file("/etc/a")])
    (bench.root / "etc/a").write_text("edited\n")
    outcome = bench.becomes([file("/etc/a", enforce=True)])
    assert [(change.what, change.where) for change in outcome.changes] == [("changed", "/etc/a")]
    assert (bench.root / "etc/a").read_text() == "x\n"


def test_a_file_that_somebody_removed_is_drift_as_well(bench):
    bench.becomes([file("/etc/a")])
    (bench.root / "etc/a").unlink()
    assert bench.becomes([file("/etc/a")]).changes[0].what == "drift"
    assert not (bench.root / "etc/a").exists()


def test_where_the_document_wants_something_new_it_is_written_over_drift(bench):
    bench.becomes([file("/etc/theirs.conf")])
    (bench.root / "etc/theirs.conf").write_text("edited\n")
    bench.becomes([file("/etc/theirs.conf", b"new\n")])
    assert (bench.root / "etc/theirs.conf").read_text() == "new\n"
    bench.becomes([])
    assert (bench.root / "etc/theirs.conf").read_text() == "theirs\n"


def test_drift_that_nothing_names_any_more_stays_and_is_said(bench):
    bench.becomes([file("/etc/a")])
    (bench.root / "etc/a").write_text("edited\n")
    outcome = bench.becomes([])
    assert [(change.what, change.where) for change in outcome.changes] == [("left", "/etc/a")]


@pytest.mark.parametrize("content", [b"small", b"L" * 10_000])
def test_a_fetched_file_is_put_in_place_and_taken_away_again(bench, content):
    digest, size = bench.fetched(content)
    wanted = [Wanted(FetchedFile("/opt/app/firmware.bin", digest, size, 0o755, "root:root"), "write_files[0]")]
    pristine = bench.tree
    assert bench.becomes(wanted).result is Result.COMMITTED
    path = bench.root / "opt/app/firmware.bin"
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (content, 0o755)
    (bench.place / "state/fetched" / digest).unlink()
    assert bench.becomes(wanted).changes == ()
    bench.becomes([])
    assert bench.tree == pristine


@pytest.mark.parametrize("size", [5, 10_000])
def test_a_fetched_file_that_was_exchanged_on_the_way_is_refused_and_everything_is_as_before(bench, size):
    digest, _ = bench.fetched(b"g" * size)
    (bench.place / "state/fetched" / digest).write_bytes(b"b" * size)
    before = bench.tree
    wanted = [file("/etc/a"), Wanted(FetchedFile("/opt/f", digest, size, 0o755, "root:root"), "write_files[1]")]
    outcome = bench.becomes(wanted)
    assert outcome.result is Result.NOT_APPLIED
    assert outcome.failure.code in {Code.SOURCE_DAMAGED, Code.APPLY_FAILED}
    assert bench.tree == before


def test_a_link_in_place_of_a_fetched_file_is_not_followed(bench):
    digest = hashlib.sha256(b"secret" * 100).hexdigest()
    (bench.place / "secret").write_bytes(b"secret" * 100)
    (bench.place / "state/fetched" / digest).symlink_to(bench.place / "secret")
    wanted = [Wanted(FetchedFile("/opt/f", digest, 600, 0o644, "root:root"), "write_files[0]")]
    assert bench.becomes(wanted).result is Result.NOT_APPLIED
    assert not (bench.root / "opt/f").exists()


def test_a_large_file_that_stood_there_comes_back(bench):
    before = bench.tree
    bench.becomes([file("/opt/big", b"small\n")])
    assert (bench.root / "opt/big").read_bytes() == b"small\n"
    bench.becomes([])
    assert bench.tree == before


def test_every_operation_with_large_files_may_be_the_last(bench):
    digest, size = bench.fetched(b"N" * 5000)
    wanted = [Wanted(FetchedFile("/opt/big", digest, size, 0o600, "root:root"), "write_files[0]"), file("/opt/other")]
    before = bench.tree
    saved = bench.place.with_name("saved")
    copy_tree(bench.place, saved)
    clean = FaultyDisk()
    bench.becomes(wanted, clean)
    after = bench.tree
    for number in range(len(clean.changes)):
        for fault in FAULTS:
            shutil.rmtree(bench.place)
            copy_tree(saved, bench.place)
            with suppress(Killed, Failure):
                bench.becomes(wanted, FaultyDisk(number, fault))
            settle(bench.room())
            assert bench.tree in (before, after), (number, fault)


CANARY = b"canary-4711-secret\n"


def everything_kept(bench):
    return b"".join(path.read_bytes() for path in (bench.place / "state").rglob("*") if path.is_file())


def test_what_is_sensitive_is_removed_with_its_copies_and_the_way_back_to_it(bench):
    secret = file("/etc/app/token", CANARY, 0o600, sensitive=True)
    bench.becomes([secret, file("/etc/plain")])
    bench.becomes([replace(secret, effect=replace(secret.effect, content=CANARY * 2)), file("/etc/plain")])
    assert CANARY in everything_kept(bench)
    outcome = scrub(bench.order(Scrub), bench.room())
    assert (outcome.result, [change.where for change in outcome.changes]) == (Result.COMMITTED, ["/etc/app/token"])
    assert not (bench.root / "etc/app/token").exists()
    assert (bench.root / "etc/plain").exists()
    assert CANARY not in everything_kept(bench)
    assert roll_back(bench.order(RollBack), bench.room()).failure.code is Code.ORDER_INVALID


def test_to_scrub_removes_even_what_somebody_else_changed_since(bench):
    bench.becomes([file("/etc/token", CANARY, 0o600, sensitive=True)])
    (bench.root / "etc/token").write_bytes(CANARY + b"more\n")
    scrub(bench.order(Scrub), bench.room())
    assert not (bench.root / "etc/token").exists()


def test_keys_go_first(bench):
    wanted = [file(path, CANARY, 0o600, sensitive=True) for path in ("/etc/app/deep/a", "/etc/ssh.key", "/etc/b")]
    bench.becomes([replace(item, because=f"write_files[{n}]") for n, item in enumerate(wanted)])
    outcome = scrub(bench.order(Scrub), bench.room())
    assert [change.where for change in outcome.changes] == ["/etc/ssh.key", "/etc/app/deep/a", "/etc/b"]


def test_a_second_scrub_has_nothing_to_do(bench):
    bench.becomes([file("/etc/token", CANARY, sensitive=True)])
    scrub(bench.order(Scrub), bench.room())
    again = scrub(bench.order(Scrub), bench.room())
    assert (again.result, again.changes) == (Result.COMMITTED, ())


@settings(max_examples=scaled(100), suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["journal", "managed.json", "managed.last.json", "previous.json"]), st.binary(max_size=300))
def test_any_bytes_in_what_the_privileged_half_remembers_are_survived(name, content):
    place = Path(tempfile.mkdtemp(dir=MEMORY))
    try:
        bench = Bench(place)
        bench.becomes([file("/etc/a")])
        (place / "state/apply/transaction" / name).write_bytes(content)
        settle(bench.room())
        roll_back(bench.order(RollBack), bench.room())
        assert bench.becomes([file("/etc/a", b"new\n", enforce=True)]).result is Result.COMMITTED
        assert (bench.root / "etc/a").read_bytes() == b"new\n"
        assert {path.name for path in place.iterdir()} == {"root", "state"}
    finally:
        shutil.rmtree(place)


class Acts:
    """Does no action, but notes each; some fail, and at some the process ends."""

    recorded = False

    def __init__(self, *, failing=(), ends_at=(), ran=None):
        self.done, self.failing, self.ends_at, self.ran = [], failing, ends_at, ran

    def unit_words(self, units):
        return dict.fromkeys(units, "static")

    def _note(self, how, action):
        self.done.append((how, action))
        if how in self.ends_at:
            raise Killed
        if how in self.failing:
            raise Failure(Code.APPLY_FAILED, "refused", where="it")

    def do(self, action, _because):
        self._note("do", action)
        return self.ran

    def redo(self, action):
        self._note("redo", action)

    def kept(self, action):
        self._note("kept", action)


REBOOT = PowerState(Power.REBOOT, 60.0)
UP = ActivateConnections(("wan",))
RESTART = ServiceVerb("app.service", Verb.RESTART)


def how(acts, kind):
    return [how for how, action in acts.done if isinstance(action, kind)]


def test_a_restart_of_the_gateway_is_ordered_once_and_by_no_way_back(bench):
    bench.acts = Acts()
    wanted = [file("/etc/a", then=(REBOOT,)), Wanted(REBOOT, "power_state")]
    assert bench.becomes(wanted).result is Result.COMMITTED
    assert "kept" in how(bench.acts, PowerState)
    bench.acts = Acts()
    assert bench.becomes(wanted).changes == ()
    assert roll_back(bench.order(RollBack), bench.room()).result is Result.COMMITTED
    assert how(bench.acts, PowerState) == []


def test_a_gateway_that_ends_while_its_restart_is_ordered_does_not_restart_for_ever(bench):
    bench.acts = Acts(ends_at={"kept"})
    with pytest.raises(Killed):
        bench.becomes([file("/etc/a"), Wanted(REBOOT, "power_state")])
    bench.acts = Acts()
    assert settle(bench.room()) is None
    assert how(bench.acts, PowerState) == []


def test_that_the_gateway_could_not_be_restarted_is_said(bench):
    bench.acts = Acts(failing={"kept"})
    outcome = bench.becomes([file("/etc/a"), Wanted(REBOOT, "power_state")])
    assert outcome.result is Result.COMMITTED
    assert ("not done", "it") in [(change.what, change.where) for change in outcome.changes]
    assert read_outcome(bench.room().own) == outcome


def test_connections_are_kept_again_after_a_process_that_ended_in_between(bench):
    bench.acts = Acts(ends_at={"kept"})
    with pytest.raises(Killed):
        bench.becomes([file("/etc/a", then=(UP,))])
    bench.acts = Acts()
    assert settle(bench.room()).result is Result.COMMITTED
    assert how(bench.acts, ActivateConnections) == ["kept"]


def test_the_files_are_there_before_a_unit_is_restarted_for_them(bench):
    there = []

    class Looks(Acts):
        def do(self, action, because):
            there.append((bench.root / "etc/a").exists() and (bench.root / "etc/b").exists())
            return super().do(action, because)

    bench.acts = Looks()
    bench.becomes([file("/etc/a", then=(RESTART,)), file("/etc/b")])
    assert there == [True]


def test_what_was_being_done_to_a_unit_when_the_process_ended_is_taken_back(bench):
    bench.acts = Acts(ends_at={"do"})
    with pytest.raises(Killed):
        bench.becomes([file("/etc/a"), Wanted(ServiceVerb("noise.service", Verb.MASK), "services")])
    bench.acts = Acts()
    assert settle(bench.room()).result is Result.NOT_APPLIED
    assert bench.acts.done == [("redo", ServiceVerb("noise.service", Verb.UNMASK))]
    assert not (bench.root / "etc/a").exists()


def test_connections_that_the_document_names_by_themselves_are_activated_once(bench):
    bench.acts = Acts()
    bench.becomes([Wanted(UP, "network")])
    bench.becomes([Wanted(UP, "network")])
    assert how(bench.acts, ActivateConnections) == ["do", "kept"]


@pytest.mark.parametrize("kind", [RollBack, Scrub])
def test_a_unit_that_does_not_come_up_does_not_bring_back_what_has_to_go(bench, kind):
    bench.becomes([file("/etc/token", CANARY, sensitive=True, then=(RESTART,))])
    bench.acts = Acts(failing={"redo"})
    outcome = {RollBack: roll_back, Scrub: scrub}[kind](bench.order(kind), bench.room())
    assert outcome.result is Result.COMMITTED
    assert "not done" in [change.what for change in outcome.changes]
    assert not (bench.root / "etc/token").exists()


def ended_anywhere(bench, act):
    """Yields after each operation of `act` at which the process was killed or the power cut, once it is settled."""
    saved = bench.place.with_name("saved")
    copy_tree(bench.place, saved)
    clean = FaultyDisk()
    act(bench.room(clean))
    for number in range(len(clean.changes)):
        for fault in KILLS:
            shutil.rmtree(bench.place)
            copy_tree(saved, bench.place)
            with suppress(Killed):
                act(bench.room(FaultyDisk(number, fault)))
            outcome = settle(bench.room())
            yield outcome, (number, fault)


def test_nobody_is_asked_to_confirm_what_leads_back_even_after_a_power_cut(bench):
    bench.becomes([file("/etc/a")])
    for outcome, case in ended_anywhere(bench, lambda room: roll_back(bench.order(RollBack), room)):
        assert outcome is None or outcome.result is not Result.UNCONFIRMED, case


def test_what_is_gone_from_the_gateway_is_gone_from_the_kept_copies_wherever_it_was_cut_off(bench):
    bench.becomes([file("/etc/token", CANARY, sensitive=True)])
    bench.becomes([file("/etc/token", CANARY * 2, sensitive=True)])
    for _, case in ended_anywhere(bench, lambda room: scrub(bench.order(Scrub), room)):
        if not (bench.root / "etc/token").exists():
            assert CANARY not in everything_kept(bench), case


def test_a_scrub_that_was_begun_is_ended_wherever_it_was_cut_off(bench):
    bench.becomes([file("/etc/t1", CANARY, sensitive=True), file("/etc/t2", CANARY, sensitive=True)])
    for outcome, case in ended_anywhere(bench, lambda room: scrub(bench.order(Scrub), room)):
        there = [(bench.root / path).exists() for path in ("etc/t1", "etc/t2")]
        assert there in ([False, False], [True, True]), case
        assert outcome is None or (outcome.result, there[0]) == (Result.COMMITTED, False), case


@pytest.mark.parametrize("theirs", ["a directory with something in it", "a pipe"])
def test_what_is_in_the_way_of_one_secret_does_not_keep_the_others(bench, theirs):
    bench.becomes([file("/etc/k1", CANARY, sensitive=True), file("/etc/k2", CANARY, sensitive=True)])
    (bench.root / "etc/k1").unlink()
    if theirs == "a pipe":
        os.mkfifo(bench.root / "etc/k1")
    else:
        (bench.root / "etc/k1/sub").mkdir(parents=True)
    outcome = scrub(bench.order(Scrub), bench.room())
    said = [(change.what, change.where) for change in outcome.changes]
    assert (outcome.result, said) == (Result.COMMITTED, [("removed", "/etc/k2"), ("left", "/etc/k1")])


def test_a_directory_for_secrets_goes_with_them(bench):
    directory = Wanted(MakeDirectory("/etc/keys", 0o700, "root:root"), "keys", sensitive=True)
    bench.becomes([directory, file("/etc/keys/one", CANARY, sensitive=True)])
    scrub(bench.order(Scrub), bench.room())
    assert not (bench.root / "etc/keys").exists()


def test_the_directory_of_a_file_that_somebody_removed_stays_managed(bench):
    pristine = bench.tree
    bench.becomes([file("/etc/n/a")])
    (bench.root / "etc/n/a").unlink()
    assert [change.what for change in bench.becomes([file("/etc/n/a")]).changes] == ["drift"]
    assert (bench.root / "etc/n").is_dir()
    bench.becomes([])
    bench.becomes([])
    assert bench.tree == pristine


def test_a_fetched_file_may_be_empty(bench):
    digest, size = bench.fetched(b"")
    bench.becomes([Wanted(FetchedFile("/opt/empty", digest, size, 0o644, "root:root"), "write_files[0]")])
    assert (bench.root / "opt/empty").read_bytes() == b""


@pytest.mark.parametrize("size", [5, 10_000])
@pytest.mark.parametrize("theirs", ["directory", "pipe", "longer", "shorter", "nothing"])
def test_whatever_lies_in_place_of_a_fetched_file_is_refused_and_nothing_is_changed(bench, theirs, size):
    digest, _ = bench.fetched(b"g" * size)
    path = bench.place / "state/fetched" / digest
    path.unlink()
    if theirs == "directory":
        path.mkdir()
    elif theirs == "pipe":
        os.mkfifo(path)
    elif theirs in {"longer", "shorter"}:
        path.write_bytes(b"g" * (size + 1 if theirs == "longer" else size - 1))
    before = bench.tree
    outcome = bench.becomes([file("/etc/a"), Wanted(FetchedFile("/opt/f", digest, size, 0o644, "root:root"), "f")])
    assert outcome.result is Result.NOT_APPLIED
    assert outcome.failure.code in {Code.SOURCE_DAMAGED, Code.APPLY_FAILED}
    assert bench.tree == before


def test_of_a_fetched_file_with_a_wrong_size_not_a_byte_is_copied(bench):
    digest, size = bench.fetched(b"g" * 10_000)
    os.truncate(bench.place / "state/fetched" / digest, MANY * COPY_BYTES)
    disk = FaultyDisk()
    wanted = [Wanted(FetchedFile("/opt/f", digest, size, 0o644, "root:root"), "f")]
    assert bench.becomes(wanted, disk).result is Result.NOT_APPLIED
    assert disk.changes.count("write") < MANY


def test_a_kept_copy_that_is_damaged_is_made_anew_while_the_file_is_still_there(bench):
    digest = hashlib.sha256(b"B" * 1000).hexdigest()
    before = bench.tree
    bench.becomes([file("/etc/a")])
    kept = bench.place / "state/apply/transaction/kept" / digest
    kept.write_bytes(b"C" * 1000)
    bench.becomes([file("/opt/big", b"small\n")])
    bench.becomes([])
    assert bench.tree == before


def test_what_a_command_prints_of_a_secret_that_stays_as_it_is_is_not_repeated(bench):
    secret = file("/etc/token", CANARY, sensitive=True)
    bench.becomes([secret])
    run = Wanted(RunCommand(("cat", "/etc/token"), 5.0), "runcmd[0]")

    bench.acts = Acts(ran=Ran("cat", 0, 0.1, CANARY.decode().strip(), "runcmd[0]"))
    outcome = bench.becomes([secret, run])
    assert len(outcome.ran) == 1
    assert CANARY.strip() not in everything_kept_but_contents(bench)
    assert CANARY.decode().strip() not in repr(outcome)


def everything_kept_but_contents(bench):
    files = (bench.place / "state/apply").rglob("*")
    return b"".join(path.read_bytes() for path in files if path.is_file() and path.parent.name != "kept")
