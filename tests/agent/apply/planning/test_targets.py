"""What a wanted effect makes of its place: drift, and files that were fetched."""

import hashlib
import os

import pytest
from effects_gateway import fetched_file, file
from faulty_disk import FaultyDisk

from agent.errors import Code
from agent.handover.order import Result
from agent.host.durable import COPY_BYTES

MANY = 40


def test_what_another_program_changed_and_the_document_still_wants_is_drift_and_is_left(gateway):
    gateway.becomes([file("/etc/a")])
    (gateway.root / "etc/a").write_text("edited\n")
    outcome = gateway.becomes([file("/etc/a")])
    assert [(change.what, change.where) for change in outcome.changes] == [("drift", "/etc/a")]
    assert (gateway.root / "etc/a").read_text() == "edited\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file the owner that is wanted")
def test_drift_is_put_right_where_the_document_enforces(gateway):
    gateway.becomes([file("/etc/a")])
    (gateway.root / "etc/a").write_text("edited\n")
    outcome = gateway.becomes([file("/etc/a", enforce=True)])
    assert [(change.what, change.where) for change in outcome.changes] == [("changed", "/etc/a")]
    assert (gateway.root / "etc/a").read_text() == "x\n"


def test_a_file_that_another_program_removed_is_drift_as_well(gateway):
    gateway.becomes([file("/etc/a")])
    (gateway.root / "etc/a").unlink()
    assert gateway.becomes([file("/etc/a")]).changes[0].what == "drift"
    assert not (gateway.root / "etc/a").exists()


def test_where_the_document_wants_something_new_it_is_written_over_drift(gateway):
    gateway.becomes([file("/etc/theirs.conf")])
    (gateway.root / "etc/theirs.conf").write_text("edited\n")
    gateway.becomes([file("/etc/theirs.conf", b"new\n")])
    assert (gateway.root / "etc/theirs.conf").read_text() == "new\n"
    gateway.becomes([])
    assert (gateway.root / "etc/theirs.conf").read_text() == "theirs\n"


def test_drift_that_nothing_names_any_more_stays_and_is_reported(gateway):
    gateway.becomes([file("/etc/a")])
    (gateway.root / "etc/a").write_text("edited\n")
    outcome = gateway.becomes([])
    assert [(change.what, change.where) for change in outcome.changes] == [("left", "/etc/a")]


@pytest.mark.parametrize("content", [b"small", b"L" * 10_000])
def test_a_fetched_file_is_put_in_place_and_taken_away_again(gateway, content):
    digest, size = gateway.fetched(content)
    wanted = [fetched_file("/opt/app/firmware.bin", digest, size, 0o755)]
    pristine = gateway.tree
    assert gateway.becomes(wanted).result is Result.COMMITTED
    path = gateway.root / "opt/app/firmware.bin"
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (content, 0o755)
    (gateway.place / "state/fetched" / digest).unlink()
    assert gateway.becomes(wanted).changes == ()
    gateway.becomes([])
    assert gateway.tree == pristine


@pytest.mark.parametrize("size", [5, 10_000])
def test_a_fetched_file_that_was_exchanged_on_the_way_is_refused_and_everything_is_as_before(gateway, size):
    digest, _ = gateway.fetched(b"g" * size)
    (gateway.place / "state/fetched" / digest).write_bytes(b"b" * size)
    before = gateway.tree
    wanted = [file("/etc/a"), fetched_file("/opt/f", digest, size, 0o755)]
    outcome = gateway.becomes(wanted)
    assert outcome.result is Result.NOT_APPLIED
    assert outcome.failure.code in {Code.SOURCE_DAMAGED, Code.APPLY_DISTURBED}
    assert gateway.tree == before


def test_a_link_in_place_of_a_fetched_file_is_not_followed(gateway):
    digest = hashlib.sha256(b"secret" * 100).hexdigest()
    (gateway.place / "secret").write_bytes(b"secret" * 100)
    (gateway.place / "state/fetched" / digest).symlink_to(gateway.place / "secret")
    wanted = [fetched_file("/opt/f", digest, 600)]
    assert gateway.becomes(wanted).result is Result.NOT_APPLIED
    assert not (gateway.root / "opt/f").exists()


def test_a_fetched_file_may_be_empty(gateway):
    digest, size = gateway.fetched(b"")
    gateway.becomes([fetched_file("/opt/empty", digest, size)])
    assert (gateway.root / "opt/empty").read_bytes() == b""


@pytest.mark.parametrize("size", [5, 10_000])
@pytest.mark.parametrize("theirs", ["directory", "pipe", "longer", "shorter", "nothing"])
def test_whatever_lies_in_place_of_a_fetched_file_is_refused_and_nothing_is_changed(gateway, theirs, size):
    digest, _ = gateway.fetched(b"g" * size)
    path = gateway.place / "state/fetched" / digest
    path.unlink()
    if theirs == "directory":
        path.mkdir()
    elif theirs == "pipe":
        os.mkfifo(path)
    elif theirs in {"longer", "shorter"}:
        path.write_bytes(b"g" * (size + 1 if theirs == "longer" else size - 1))
    before = gateway.tree
    outcome = gateway.becomes([file("/etc/a"), fetched_file("/opt/f", digest, size)])
    assert outcome.result is Result.NOT_APPLIED
    assert outcome.failure.code in {Code.SOURCE_DAMAGED, Code.APPLY_DISTURBED}
    assert gateway.tree == before


def test_of_a_fetched_file_with_a_wrong_size_not_a_byte_is_copied(gateway):
    digest, size = gateway.fetched(b"g" * 10_000)
    os.truncate(gateway.place / "state/fetched" / digest, MANY * COPY_BYTES)
    disk = FaultyDisk()
    wanted = [fetched_file("/opt/f", digest, size)]
    assert gateway.becomes(wanted, disk).result is Result.NOT_APPLIED
    assert disk.changes.count("write") < MANY
