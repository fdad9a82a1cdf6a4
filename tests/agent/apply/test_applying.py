"""From one generation to the next: every tree that two documents can make, and files too large for memory."""

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from effects_gateway import MEMORY, EffectsGateway, fetched_file, file
from example_counts import scaled
from faulty_disk import FAULTS, FaultyDisk, Killed, copy_tree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference_generations import applied, apply_after, context, copied, document_applied, document_order

from agent.apply.applying import apply_order, confirm, roll_back
from agent.apply.settling import settle
from agent.effects import Link, MakeDirectory, RemoveFile, WantedEffect, WriteFile
from agent.errors import Code, Failure
from agent.handover.order import Result, RollBack
from agent.reasons import DocumentKey

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
    lambda many: [WantedEffect(effect, DocumentKey(("write_files", number))) for number, effect in enumerate(many)]
)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file the owner that is wanted")
@settings(max_examples=scaled(150), suppress_health_check=list(HealthCheck))
@given(documents, documents)
def test_any_generation_can_be_gone_back_to_and_the_first_one_leaves_no_trace(first, second):
    place = Path(tempfile.mkdtemp(dir=MEMORY))
    try:
        gateway = EffectsGateway(place)
        pristine = gateway.tree
        if gateway.becomes(first).result is not Result.COMMITTED:
            assert gateway.tree == pristine
            return
        before = gateway.tree
        managed = gateway.becomes(first)
        assert (managed.changes, gateway.tree) == ((), before)
        if gateway.becomes(second).result is not Result.COMMITTED:
            assert gateway.tree == before
        elif gateway.tree != before:
            assert roll_back(gateway.order(RollBack), gateway.context()).result is Result.COMMITTED
            assert gateway.tree == before
        gateway.becomes([])
        assert gateway.tree == pristine
    finally:
        shutil.rmtree(place)


@settings(max_examples=scaled(100), suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["journal", "managed.json", "managed.last.json", "previous.json"]), st.binary(max_size=300))
def test_any_bytes_in_what_the_root_half_remembers_are_survived(name, content):
    place = Path(tempfile.mkdtemp(dir=MEMORY))
    try:
        gateway = EffectsGateway(place)
        gateway.becomes([file("/etc/a")])
        (place / "state/apply/transaction" / name).write_bytes(content)
        settle(gateway.context())
        roll_back(gateway.order(RollBack), gateway.context())
        assert gateway.becomes([file("/etc/a", b"new\n", enforce=True)]).result is Result.COMMITTED
        assert (gateway.root / "etc/a").read_bytes() == b"new\n"
        assert {path.name for path in place.iterdir()} == {"root", "state"}
    finally:
        shutil.rmtree(place)


def test_a_large_file_that_stood_there_comes_back(gateway):
    before = gateway.tree
    gateway.becomes([file("/opt/big", b"small\n")])
    assert (gateway.root / "opt/big").read_bytes() == b"small\n"
    gateway.becomes([])
    assert gateway.tree == before


def test_every_operation_with_large_files_may_be_the_last(gateway):
    digest, size = gateway.fetched(b"N" * 5000)
    wanted = [fetched_file("/opt/big", digest, size, 0o600), file("/opt/other")]
    before = gateway.tree
    saved = gateway.place.with_name("saved")
    copy_tree(gateway.place, saved)
    clean = FaultyDisk()
    gateway.becomes(wanted, clean)
    after = gateway.tree
    for number in range(len(clean.changes)):
        for fault in FAULTS:
            shutil.rmtree(gateway.place)
            copy_tree(saved, gateway.place)
            with suppress(Killed, Failure):
                gateway.becomes(wanted, FaultyDisk(number, fault))
            settle(gateway.context())
            assert gateway.tree in (before, after), (number, fault)


def test_a_kept_copy_that_is_damaged_is_made_anew_while_the_file_is_still_there(gateway):
    digest = hashlib.sha256(b"B" * 1000).hexdigest()
    before = gateway.tree
    gateway.becomes([file("/etc/a")])
    kept = gateway.place / "state/apply/transaction/kept" / digest
    kept.write_bytes(b"C" * 1000)
    gateway.becomes([file("/opt/big", b"small\n")])
    gateway.becomes([])
    assert gateway.tree == before


def test_the_directory_of_a_file_that_another_program_removed_stays_managed(gateway):
    pristine = gateway.tree
    gateway.becomes([file("/etc/n/a")])
    (gateway.root / "etc/n/a").unlink()
    assert [change.what for change in gateway.becomes([file("/etc/n/a")]).changes] == ["drift"]
    assert (gateway.root / "etc/n").is_dir()
    gateway.becomes([])
    gateway.becomes([])
    assert gateway.tree == pristine


def test_the_same_again_changes_nothing_on_the_disk_below_the_root(ready, fresh):
    place = copied(ready, fresh)
    before = {path: path.lstat().st_mtime_ns for path in (place / "root").rglob("*")}
    outcome = applied("before", "again", context(place))
    assert (outcome.result, outcome.changes) == (Result.COMMITTED, ())
    assert {path: path.lstat().st_mtime_ns for path in (place / "root").rglob("*")} == before


def test_what_stood_there_before_comes_back_with_its_mode_when_nothing_names_it_any_more(ready, fresh):
    place = copied(ready, fresh)
    document_applied({"hostname": "gw"}, "bare", context(place))
    confirm(context(place))
    file = place / "root/etc/was/there.conf"
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("theirs\n", 0o600)
    assert not (place / "root/etc/gone").exists()


def test_a_secret_is_in_no_outcome_and_in_no_name(ready, fresh):
    place = copied(ready, fresh)
    outcome = apply_after(context(place))
    output = (place / "state/apply/outcome.json").read_text()
    assert "s3cr3t-canary" not in output + repr(outcome)
    assert not any("s3cr3t-canary" in str(path) for path in (place / "state").rglob("*"))


def test_an_order_that_is_not_what_it_names_is_refused(ready, fresh):
    place = copied(ready, fresh)
    outcome = apply_order(replace(document_order({}, "x"), digest="0" * 64), context(place))
    assert (outcome.result, outcome.failure.code) == (Result.NOT_APPLIED, Code.ORDER_INVALID)


@pytest.mark.parametrize("target", ["/etc/shadow", "../../../../outside", "/proc/self"])
def test_a_link_on_the_way_leads_nowhere_that_is_forbidden(ready, fresh, target):
    place = copied(ready, fresh)
    (place / "root/etc/trap").symlink_to(target)
    outside = place / "outside"
    outcome = apply_order(
        document_order({"write_files": [{"path": "/etc/trap/file", "content": "x"}]}, "trap"), context(place)
    )
    assert outcome.result is Result.NOT_APPLIED or (place / "root" / target.split("/")[-1] / "file").exists()
    assert not outside.exists()
    assert not Path("/outside").exists()


def test_an_apply_without_a_confirmation_ends_at_once(ready, fresh):
    with pytest.raises(Failure) as caught:
        confirm(context(copied(ready, fresh)))
    assert caught.value.code is Code.ORDER_INVALID
