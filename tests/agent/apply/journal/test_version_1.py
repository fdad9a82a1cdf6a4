"""Records of version 1 are read: these files were written by the version before reasons were values."""

import json
from pathlib import Path

import pytest
from version_1_records import as_version_1

from agent.apply.journal.frames import unframed
from agent.apply.journal.ordered import Ordered, Purpose
from agent.apply.journal.records import (
    happened_from_record,
    managed_from_record,
    ordered_from_record,
    ordered_to_record,
)
from agent.apply.journal.transaction import ApplyEvent, ApplyState, folded
from agent.apply.planning.nodes import Absent, Lost
from agent.apply.planning.steps import FileStep, Managed, ManagedPath
from agent.effects import ServiceVerb, Verb
from agent.reasons import Cause, EarlierText

FILES = Path(__file__).with_name("version_1")
ROLLED_BACK = FileStep("/etc/a", Absent(), Absent(), Cause.ROLLBACK)
SCRUBBED = FileStep("/etc/a", Absent(), Absent(), Cause.SCRUB)


def records(name):
    return unframed((FILES / name).read_bytes())[0]


def test_an_order_that_waits_for_its_confirmation_is_read():
    first, *events = records("journal")
    ordered = ordered_from_record(first, lambda _: None)
    assert (ordered.order_id, ordered.purpose, ordered.recorded) == ("second", Purpose.APPLY, True)
    assert [(step.what, step.where, step.because) for step in ordered.steps] == [
        ("disabled", "app.service", Cause.NO_LONGER_NAMED),
        ("changed", "/etc/hostname", EarlierText("hostname")),
        ("changed", "/etc/app/deep/conf", EarlierText("write_files[0]")),
        ("changed", "/etc/app/token", EarlierText("write_files[1]")),
        ("changed", "/etc/motd", Cause.NO_LONGER_NAMED),
        ("ran", "hostname -F /etc/hostname", EarlierText("hostname")),
        ("restarted", "app.service", EarlierText("write_files[0]")),
        ("ran", "/bin/sh -c true", EarlierText("runcmd[0]")),
    ]
    progress = folded(map(happened_from_record, events))
    assert (progress.state, progress.begun) == (ApplyState.UNCONFIRMED, 8)
    assert [event["event"] for event in events][-1] == ApplyEvent.ALL_DONE.value


def test_what_is_managed_is_read():
    (record,) = records("managed.json")
    managed = managed_from_record(record, lambda _: None)
    assert managed.verbs == {ServiceVerb("app.service", Verb.ENABLE)}
    assert managed.paths["/etc/app/token"] == ManagedPath(
        "0de853e21b0171966981f94b2d216ff5f3925444b3e4f1482dc7e5fe64b28894",
        Absent(),
        EarlierText("write_files[2]"),
        sensitive=True,
    )
    assert managed.paths["/etc/motd"].before == Lost("ed9c86a61e05623abeb71f9eeda8780dab0e28a2f69bb54813f99a2ec4b3602f")


@pytest.mark.parametrize(
    ("step", "purpose"), [(ROLLED_BACK, Purpose.ROLL_BACK), (SCRUBBED, Purpose.SCRUB)], ids=["rollback", "scrub"]
)
def test_an_order_that_leads_back_is_known_by_the_reason_of_its_steps(step, purpose):
    ordered = Ordered("o", None, recorded=False, steps=(step,), notes=(), managed=Managed(), purpose=purpose)
    record = as_version_1(ordered_to_record(ordered))
    assert (record["version"], record["steps"][0]["because"]) == (1, step.because.value)
    assert ordered_from_record(record, lambda _: None) == ordered


def test_the_records_that_tests_turn_into_version_1_look_like_those_of_version_1():
    first = records("journal")[0]
    read = ordered_from_record(first, lambda _: b"")
    again = as_version_1(json.loads(json.dumps(ordered_to_record(read))))
    assert without_digests(again) == without_digests(first)


def without_digests(record):
    """The record without the digests of contents, which are not kept beside these files."""
    if isinstance(record, dict):
        return {key: without_digests(value) for key, value in record.items() if key != "sha256"}
    return [without_digests(item) for item in record] if isinstance(record, list) else record
