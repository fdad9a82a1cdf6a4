"""The state file, and a disk that loses or damages it."""

import os
import stat
import subprocess
import sys
from dataclasses import replace

import pytest
from waiting import exit_of

from agent.errors import Code, Failure
from agent.provision import state_file as state
from agent.provision.lifecycle import State
from agent.provision.pass_request import PassRequest, request_pass, take_pass_request
from agent.provision.remembered import Remembered
from agent.provision.state_file import load, pass_lock, save, save_until_boot, volatile_place

FIRST = Remembered(State.PROVISIONED, in_force="a" * 64, card="8981000000000000001", changed_at="2026-11-23T09:00:00Z")
SECOND = replace(FIRST, state=State.FAILED, given_up="b" * 64, failures_in_a_row=3)
needs_an_ordinary_user = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")


def files_of(place):
    """Name, inode, time of the last write and size of each file; a time of access changes whenever a file is read."""
    status = {path.name: path.stat() for path in place.iterdir() if path.is_file()}
    return {name: (each.st_ino, each.st_mtime_ns, each.st_size) for name, each in status.items()}


def test_a_new_device_remembers_nothing(tmp_path):
    assert load(tmp_path) == (Remembered(), None)


def test_a_state_directory_that_is_not_there_is_that_of_a_new_device(tmp_path):
    assert load(tmp_path / "absent") == (Remembered(), None)


def test_what_is_saved_is_remembered(tmp_path):
    save(tmp_path, FIRST)
    save(tmp_path, SECOND)
    assert load(tmp_path) == (SECOND, None)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 300,
        b"[]",
        b"[" * 100_000,
        b'{"version": 2, "state": "new"}',
        b'{"version": 1}',
        b'{"version": 1, "state": "lost"}',
        b'{"version": 1, "state": ["new"]}',
        b'{"version": 1, "state": "new", "in_force": 3}',
        b'{"version": 1, "state": "new", "failures_in_a_row": true}',
        b'{"version": 1, "state": "new", "failures_in_a_row": -1}',
        b'{"version": 1, "state": "new", "failures_in_a_row": 1000000001}',
        b'{"version": 1, "state": "new", "interruptions": 1' + b"0" * 400 + b"}",
        b'{"version": 1, "state": "new", "failure": ["apply.failed"]}',
        b"x" * (state.MAX_BYTES + 1),
    ],
    ids=lambda content: content[:50].decode(),
)
def test_a_damaged_memory_is_set_aside_and_the_copy_before_it_is_used(tmp_path, content):
    save(tmp_path, FIRST)
    save(tmp_path, SECOND)
    (tmp_path / state.STATE).write_bytes(content)
    remembered, damage = load(tmp_path)
    assert remembered == FIRST
    assert damage.code is Code.STATE_CORRUPT
    assert (tmp_path / state.DAMAGED).read_bytes() == content


def test_a_memory_that_ends_anywhere_in_the_middle_is_never_read_in_part(tmp_path):
    save(tmp_path, FIRST)
    save(tmp_path, SECOND)
    whole = (tmp_path / state.STATE).read_bytes()
    for length in range(len(whole) - 2):
        (tmp_path / state.STATE).write_bytes(whole[:length])
        assert load(tmp_path)[0] == FIRST


def test_a_memory_that_is_lost_is_taken_from_the_copy_and_reported(tmp_path):
    save(tmp_path, FIRST)
    save(tmp_path, SECOND)
    (tmp_path / state.STATE).unlink()
    remembered, damage = load(tmp_path)
    assert remembered == FIRST
    assert str(damage) == f"state.corrupt: {tmp_path}/state.json: is missing; using the copy before it"


def test_without_a_sound_copy_the_device_starts_without_a_memory_and_reports_it(tmp_path):
    (tmp_path / state.STATE).write_bytes(b"x")
    assert load(tmp_path)[1].detail.endswith("there is no copy, starting without a memory")
    (tmp_path / state.STATE).write_bytes(b"x")
    (tmp_path / state.PREVIOUS).write_bytes(b"x")
    remembered, damage = load(tmp_path)
    assert remembered == Remembered()
    assert damage.detail.endswith("its copy is damaged, starting without a memory")


def test_a_damaged_memory_does_not_replace_the_copy(tmp_path):
    save(tmp_path, FIRST)
    save(tmp_path, SECOND)
    (tmp_path / state.STATE).write_bytes(b"x")
    save(tmp_path, SECOND)
    (tmp_path / state.STATE).write_bytes(b"x")
    assert load(tmp_path)[0] == FIRST


def test_no_other_user_may_read_what_is_remembered(tmp_path):
    save(tmp_path, FIRST)
    save(tmp_path, SECOND)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {state.STATE: 0o600, state.PREVIOUS: 0o600}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_writes_belongs_to_whom_the_directory_belongs_to(tmp_path):
    os.chown(tmp_path, 1234, 1234)
    save(tmp_path, FIRST)
    with pass_lock(tmp_path):
        pass
    request_pass(tmp_path, PassRequest.RETRY)
    assert {(path.stat().st_uid, path.stat().st_gid) for path in tmp_path.iterdir()} == {(1234, 1234)}


@pytest.mark.parametrize(
    "act",
    [
        lambda place: save(place, FIRST),
        lambda place: request_pass(place, PassRequest.RETRY),
        lambda place: pass_lock(place).__enter__(),
    ],
)
def test_a_directory_that_cannot_be_written_is_named(tmp_path, act):
    absent = tmp_path / "absent"
    with pytest.raises(Failure) as caught:
        act(absent)
    assert (caught.value.code, caught.value.where) == (Code.STATE_UNWRITABLE, str(absent))


def test_a_file_in_the_place_of_the_directory_is_named(tmp_path):
    (tmp_path / "file").touch()
    for act in (load, take_pass_request):
        with pytest.raises(Failure) as caught:
            act(tmp_path / "file")
        assert caught.value.code is Code.STATE_UNWRITABLE


@needs_an_ordinary_user
def test_a_directory_that_may_not_be_looked_at_is_named(tmp_path):
    save(tmp_path, FIRST)
    tmp_path.chmod(0)
    try:
        with pytest.raises(Failure) as caught:
            load(tmp_path)
    finally:
        tmp_path.chmod(0o700)
    assert caught.value.code is Code.STATE_UNWRITABLE


def test_two_passes_are_never_under_way_at_once(tmp_path):
    with pass_lock(tmp_path), pytest.raises(Failure) as caught, pass_lock(tmp_path):
        pass
    assert caught.value.code is Code.PASS_UNDER_WAY
    with pass_lock(tmp_path):
        pass


def test_a_pass_that_was_killed_does_not_hold_up_the_next(tmp_path):
    place = f"pathlib.Path({str(tmp_path)!r})"
    held = f"from agent.provision.state_file import pass_lock; pass_lock({place}).__enter__()"
    dies = f"import os, pathlib; {held}; os._exit(1)"
    subprocess.run([sys.executable, "-c", dies], check=False, stderr=subprocess.DEVNULL)
    assert (tmp_path / state.LOCK).exists()
    with pass_lock(tmp_path):
        pass


def test_a_command_that_a_pass_starts_does_not_keep_its_lock(tmp_path):
    with pass_lock(tmp_path):
        child = subprocess.Popen(["sleep", "60"], close_fds=False)
    try:
        with pass_lock(tmp_path):
            pass
    finally:
        child.kill()
        exit_of(child)


@pytest.fixture
def volatile(tmp_path):
    place = tmp_path / "run"
    place.mkdir()
    return place


def test_what_a_quiet_poll_learnt_costs_the_disk_nothing_and_is_there_until_the_boot(tmp_path, volatile):
    save(tmp_path, Remembered(State.PROVISIONED))
    before = files_of(tmp_path)
    save_until_boot(tmp_path, volatile, Remembered(State.PROVISIONED, quiet_polls=3))
    assert files_of(tmp_path) == before
    assert load(tmp_path, volatile)[0].quiet_polls == 3
    assert load(tmp_path)[0].quiet_polls == 0
    assert (volatile / "quiet").stat().st_mode & 0o777 == 0o600


def test_what_was_saved_since_counts_more(tmp_path, volatile):
    save(tmp_path, Remembered(State.PROVISIONED))
    save_until_boot(tmp_path, volatile, Remembered(State.PROVISIONED, quiet_polls=3))
    save(tmp_path, Remembered(State.FAILED))
    assert load(tmp_path, volatile)[0] == Remembered(State.FAILED)


@pytest.mark.parametrize("damage", [b"", b"\n", b"x", b"\xff" * 200, b"{}", b"0" * 64 + b"\n{}"])
def test_a_damaged_quiet_file_is_no_obstacle(tmp_path, volatile, damage):
    save(tmp_path, Remembered(State.PROVISIONED))
    (volatile / "quiet").write_bytes(damage)
    assert load(tmp_path, volatile) == (Remembered(State.PROVISIONED), None)


def test_where_there_is_no_such_place_or_it_is_full_the_disk_is_used(tmp_path, volatile):
    save(tmp_path, Remembered(State.PROVISIONED))
    save_until_boot(tmp_path, None, Remembered(State.PROVISIONED, quiet_polls=1))
    assert load(tmp_path)[0].quiet_polls == 1
    save_until_boot(tmp_path, tmp_path / "absent", Remembered(State.PROVISIONED, quiet_polls=2))
    assert load(tmp_path, volatile)[0].quiet_polls == 2


def test_the_place_is_the_one_that_systemd_names(tmp_path, volatile, monkeypatch):
    monkeypatch.setenv("RUNTIME_DIRECTORY", f"{volatile}:/elsewhere")
    assert volatile_place(tmp_path) == volatile
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path / "absent"))
    assert volatile_place(tmp_path) is None
    monkeypatch.delenv("RUNTIME_DIRECTORY")
    assert volatile_place(tmp_path) is None
