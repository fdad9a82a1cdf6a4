"""Report: the tags that a pass sends, and when."""

from datetime import UTC, datetime

from scripted_edges import NOW, World

from agent.errors import Code, Failure
from agent.provision.lifecycle import State


def test_a_read_only_service_keeps_the_report_for_later():
    world = World(refuses_tags=Failure(Code.REPORT_READ_ONLY, "read-only"))
    first = world.run()
    assert first.remembered.state is State.PROVISIONED
    assert first.failure is None
    assert first.remembered.notice.code is Code.REPORT_READ_ONLY
    later = World()
    second = later.run(first.remembered)
    assert later.sent[0]["kitting_state"] == "provisioned"
    assert second.remembered.notice is None
    assert later.orders == []


def test_without_any_clock_no_time_is_claimed():
    world = World(now=datetime(1970, 1, 1, tzinfo=UTC))
    world.run()
    assert "kitting_at" not in world.sent[0]


def test_a_clock_that_was_never_set_is_replaced_by_the_services():
    world = World(now=datetime(1970, 1, 1, tzinfo=UTC), date=NOW)
    assert world.run().remembered.changed_at == "2026-11-23T09:00:00Z"


def test_extra_tags_come_from_files_and_a_missing_one_is_only_a_notice():
    userdata = b"report: {tags: {serial: {file: /serial}, fw: {value: '7'}, gone: {file: /gone}}}\n"
    world = World(userdata=userdata, lines={"/serial": "S1"})
    result = world.run()
    assert (world.sent[0]["serial"], world.sent[0]["fw"]) == ("S1", "7")
    assert "gone" not in world.sent[0]
    assert result.remembered.notice.code is Code.REPORT_UNREADABLE
