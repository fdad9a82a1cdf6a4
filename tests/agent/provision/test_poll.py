"""Poll: the small questions of a provisioned device."""

from dataclasses import replace

import pytest
from scripted_edges import UNLOCKED, World

from agent.errors import Code, Failure
from agent.provision.lifecycle import Event, State
from agent.provision.poll_note import MAX_QUIET_POLLS


def quiet(**more):
    """The memory of a device that has nothing to do, as its first pass that found nothing to do leaves it."""
    first = World(subscriber=UNLOCKED)
    tags = first.run().tags
    calm = World(subscriber=replace(UNLOCKED, tags={**UNLOCKED.tags, **tags}, modified="1"), **more)
    return calm.run(first.run().remembered).remembered


def polled(remembered, **more):
    world = World(subscriber=Failure(Code.METADATA_TIMEOUT, "only the small question was expected"), **more)
    return world, world.run(remembered)


def test_a_provisioned_device_asks_by_turns_for_the_userdata_and_for_the_time_of_the_record():
    remembered = quiet()
    for turn in range(4):
        world, result = polled(remembered)
        assert (result.event, result.failure, world.sent) == (Event.UNCHANGED, None, [])
        assert world.small == (["modified"] if turn % 2 else [None])
        remembered = result.remembered


def test_a_changed_text_leads_to_a_whole_pass():
    world = World(subscriber=replace(UNLOCKED, modified="1"), userdata=b"hostname: other\n")
    assert world.run(quiet()).event is Event.CONFIRMED


def test_a_changed_record_leads_to_a_whole_pass():
    remembered = polled(quiet())[1].remembered
    world = World(subscriber=replace(UNLOCKED, tags={"site": "osaka"}, modified="2"), modified="2")
    assert world.run(remembered).event is Event.CONFIRMED
    assert world.small == ["modified"]


def test_a_service_that_names_its_versions_is_asked_whether_it_is_still_that_one():
    remembered = quiet(etag='"v1"')
    world, result = polled(remembered, etag='"v1"', userdata=Failure(Code.METADATA_TIMEOUT, "no text was expected"))
    assert (result.event, world.small) == (Event.UNCHANGED, ['"v1"'])


def test_a_service_that_does_not_know_the_small_question_gets_a_whole_pass():
    remembered = polled(quiet())[1].remembered
    world = World(subscriber=UNLOCKED, modified=Failure(Code.METADATA_NOT_SORACOM, "404"))
    assert world.run(remembered).subscriber == UNLOCKED


def test_a_small_question_without_an_answer_is_a_pass_without_an_answer():
    remembered = polled(quiet())[1].remembered
    world = World(modified=Failure(Code.METADATA_UNREACHABLE, "gone"))
    result = world.run(remembered)
    assert (result.failure.code, result.remembered.state) == (Code.METADATA_UNREACHABLE, State.PROVISIONED)


def test_after_many_polls_comes_a_whole_pass():
    remembered = replace(quiet(), quiet_polls=MAX_QUIET_POLLS)
    world = World(subscriber=UNLOCKED)
    assert world.run(remembered).subscriber == UNLOCKED


@pytest.mark.parametrize(
    "unusual",
    [
        {"seen_record": None},
        {"seen_userdata": None},
        {"imei": None},
        {"state": State.ROLLED_BACK},
        {"notice": Failure(Code.REPORT_NOT_SENT, "x")},
        {"agent_version": "0.0.1"},
    ],
)
def test_whatever_is_unusual_leads_to_a_whole_pass(unusual):
    world = World(subscriber=UNLOCKED)
    assert world.run(replace(quiet(), **unusual)).subscriber == UNLOCKED


def test_a_pass_that_reported_is_followed_by_a_whole_pass():
    first = World(subscriber=replace(UNLOCKED, modified="1")).run()
    assert first.remembered.seen_record is None


def test_a_notice_stays_while_the_device_polls():
    remembered = replace(quiet(), notice=Failure(Code.MODEM_SILENT, "no answer"))
    assert polled(remembered)[1].remembered.notice.code is Code.MODEM_SILENT


def test_a_quiet_poll_costs_the_disk_nothing():
    world, result = polled(quiet())
    assert (world.saved, len(world.noted)) == ([], 1)
    assert world.noted[0].quiet_polls == result.remembered.quiet_polls


def test_a_whole_pass_that_finds_everything_as_it_was_is_saved_once():
    remembered = replace(quiet(), quiet_polls=MAX_QUIET_POLLS)
    world = World(
        subscriber=replace(UNLOCKED, tags={**UNLOCKED.tags, **World(subscriber=UNLOCKED).run().tags}, modified="1")
    )
    result = world.run(remembered)
    assert (result.event, result.is_quiet, result.remembered.quiet_polls) == (Event.UNCHANGED, False, 0)
    assert world.saved == [result.remembered]
