"""One pass from its start to what is remembered: applied, given up, interrupted."""

from dataclasses import replace
from datetime import UTC, datetime

from scripted_edges import IMEI, SETTINGS, USERDATA, World, sim_with

from agent.errors import Code, Failure
from agent.handover.order import Outcome, Result
from agent.provision.edges import PassStage
from agent.provision.lifecycle import Event, State
from agent.provision.memory import MAX_INTERRUPTIONS
from agent.provision.remembered import Remembered


def test_a_new_device_becomes_as_its_userdata_describes_and_reports_it():
    world = World()
    result = world.run()
    assert result.remembered.state is State.PROVISIONED
    assert result.remembered.in_force == world.orders[0].digest
    assert world.orders[0].document == {"hostname": "gw-tokyo"}
    assert world.sent == [
        {
            "kitting_state": "provisioned",
            "kitting_imei": IMEI,
            "kitting_config": world.orders[0].digest[:12],
            "kitting_at": "2026-11-23T09:00:00Z",
            "kitting_agent": result.remembered.agent_version,
        }
    ]


FIRST_PASS = [
    "settle",
    "GET userdata ahead",
    "GET subscriber",
    "GET userdata",
    "fetch sources",
    "save applying",
    "order Apply",
    "PUT tags anew",
    "confirm",
    "save provisioned",
]


def test_a_first_pass_saves_before_it_orders_and_reports_before_it_confirms():
    world = World()
    world.run()
    assert world.acts == FIRST_PASS


def test_a_configuration_that_cannot_be_confirmed_is_undone_before_that_is_saved_and_reported():
    world = World(answers_after=Failure(Code.METADATA_UNREACHABLE, "no route"))
    world.run()
    assert world.acts == [*FIRST_PASS[:-2], "GET anew", "undo", "save rolled_back", "PUT tags"]


def test_a_pass_that_orders_nothing_saves_once():
    first = World().run()
    world = World(subscriber=sim_with(first.tags))
    world.run(first.remembered)
    assert world.acts == ["settle", "GET subscriber", "GET userdata", "save until boot", "save provisioned"]


def test_a_second_pass_orders_nothing_and_sends_nothing():
    world = World()
    first = world.run()
    again = World(subscriber=sim_with(world.sent[0]), now=datetime(2026, 11, 24, tzinfo=UTC))
    result = again.run(first.remembered)
    assert result.event is Event.UNCHANGED
    assert (again.orders, again.sent) == ([], [])
    assert result.remembered.changed_at == "2026-11-23T09:00:00Z"


def test_a_changed_tag_is_a_changed_configuration():
    first = World().run()
    world = World(subscriber=sim_with({"site": "osaka"}))
    world.run(first.remembered)
    assert world.orders[0].document == {"hostname": "gw-osaka"}


def test_an_apply_that_fails_is_given_up_until_something_changes():
    world = World(becomes=Result.NOT_APPLIED, failure=Failure(Code.APPLY_FAILED, "no"))
    first = world.run()
    assert first.remembered.state is State.FAILED
    again = World()
    second = again.run(first.remembered)
    assert (again.orders, second.event) == ([], Event.STILL_GIVEN_UP)
    assert second.failure.code is Code.APPLY_FAILED
    other = World(userdata=b"hostname: other\n")
    assert other.run(second.remembered).remembered.state is State.PROVISIONED


def test_a_full_disk_is_not_the_documents_fault():
    first = World(becomes=Result.NOT_APPLIED, failure=Failure(Code.APPLY_NO_SPACE, "full")).run()
    assert World().run(first.remembered).remembered.state is State.PROVISIONED


def test_an_apply_that_a_power_cut_left_unconfirmed_is_confirmed_first():
    left_open = Outcome("1", "d" * 64, Result.UNCONFIRMED)
    world = World(left_open=left_open, subscriber=Failure(Code.METADATA_TIMEOUT, "gone"))
    result = world.run(Remembered(state=State.APPLYING))
    assert (result.remembered.state, result.remembered.in_force) == (State.PROVISIONED, "d" * 64)


def test_an_order_that_was_not_begun_is_tried_again():
    world = World()
    result = world.run(Remembered(state=State.APPLYING))
    assert result.remembered.state is State.PROVISIONED
    assert len(world.orders) == 1


def test_a_document_whose_apply_is_interrupted_again_and_again_is_given_up():
    tried = World()
    remembered = tried.run().remembered
    attempt, digest = remembered.attempt, remembered.in_force
    cut = Outcome("1", digest, Result.UNDONE, failure=Failure(Code.APPLY_INTERRUPTED, "power"))
    for _ in range(MAX_INTERRUPTIONS):
        world = World(left_open=cut, subscriber=Failure(Code.METADATA_TIMEOUT, "gone"))
        remembered = world.run(replace(remembered, state=State.APPLYING, in_force=None)).remembered
    assert remembered.given_up == attempt
    world = World()
    assert world.run(remembered).event is Event.STILL_GIVEN_UP
    assert world.orders == []


def test_the_stages_are_shown_in_the_order_in_which_they_happen():
    world = World()
    world.run()
    assert [step for step, _ in world.shown if step is not PassStage.APPLY] == [
        PassStage.IDENTIFY,
        PassStage.IDENTIFY,
        PassStage.BIND,
        PassStage.CONTINUE,
        PassStage.FETCH,
        PassStage.RESOLVE,
        PassStage.REPORT,
        PassStage.CONFIRM,
    ]


def test_a_document_that_failed_is_tried_again_when_the_devices_policy_changes():
    failed = World(becomes=Result.NOT_APPLIED, failure=Failure(Code.APPLY_FAILED, "no")).run().remembered
    assert World().run(failed).event is Event.STILL_GIVEN_UP
    world = World(settings=replace(SETTINGS, apply=replace(SETTINGS.apply, paths=("/etc", "/opt"))))
    assert world.run(failed).event is Event.CONFIRMED


def test_a_document_that_failed_is_tried_again_when_only_its_signature_changes():
    failed = World(becomes=Result.NOT_APPLIED, failure=Failure(Code.USERDATA_UNSIGNED, "no")).run().remembered
    world = World(userdata=USERDATA + b"#---- kitting signature\n#x\n")
    assert world.run(failed).event is Event.CONFIRMED
    assert world.orders[0].userdata == world.userdata


def test_files_are_fetched_before_anything_is_ordered():
    world = World(unfetchable=Failure(Code.SOURCE_UNREACHABLE, "gone"))
    result = world.run()
    assert (result.failure.code, world.orders, result.remembered.state) == (Code.SOURCE_UNREACHABLE, [], State.NEW)


def test_nothing_is_fetched_for_a_configuration_that_is_in_force():
    first = World().run()
    world = World()
    world.run(first.remembered)
    assert world.fetched == []


def test_a_root_half_that_does_not_answer_leaves_the_device_as_it_is_and_is_asked_again():
    world = World(becomes=Failure(Code.APPLY_NOT_TAKEN, "no answer"))
    result = world.run()
    assert (result.failure.code, result.remembered.state) == (Code.APPLY_NOT_TAKEN, State.APPLYING)
    later = World(left_open=Outcome(result.remembered.order_id, world.orders[0].digest, Result.UNCONFIRMED))
    after = later.run(result.remembered)
    assert later.settled == result.remembered.order_id
    assert (after.remembered.state, after.remembered.order_id) == (State.PROVISIONED, None)


def test_what_is_in_force_is_read_from_the_record_of_the_root_half():
    first = World().run().remembered
    world = World(recorded=first.in_force)
    result = world.run(replace(first, in_force="0" * 64, seen_record="1", seen_userdata="x"))
    assert (result.event, result.remembered.in_force, world.orders) == (Event.UNCHANGED, first.in_force, [])


def test_a_way_back_that_a_cut_off_command_ordered_is_remembered_by_the_next_pass():
    remembered = replace(World().run().remembered, order_id="w")
    back = Outcome("w", None, Result.COMMITTED, in_force="a" * 64)
    world = World(left_open=back, recorded="a" * 64)
    result = world.run(remembered)
    assert (result.event, result.failure.code, world.orders) == (Event.STILL_GIVEN_UP, Code.APPLY_ROLLED_BACK, [])
    assert (result.remembered.state, result.remembered.in_force) == (State.ROLLED_BACK, "a" * 64)
    assert world.sent[-1]["kitting_config"] == "a" * 12


def test_a_way_back_that_was_refused_changes_nothing():
    remembered = replace(World().run().remembered, order_id="w")
    refused = Outcome("w", None, Result.NOT_APPLIED, failure=Failure(Code.ORDER_INVALID, "no generation before"))
    result = World(left_open=refused, recorded=remembered.in_force).run(remembered)
    assert (result.event, result.remembered.order_id) == (Event.UNCHANGED, None)


def test_an_attempt_that_came_back_into_force_is_the_one_that_a_way_back_gives_up():
    kept = World().run().remembered
    failed = World(userdata=b"hostname: other", becomes=Result.UNDONE, failure=Failure(Code.APPLY_FAILED, "no"))
    again = World().run(failed.run(kept).remembered).remembered
    assert again.attempt == kept.attempt


def test_an_order_left_open_that_went_back_or_scrubbed_leaves_no_configuration_in_force():
    first = World().run()
    world = World(left_open=Outcome("1", None, Result.COMMITTED))
    result = world.run(first.remembered)
    assert (len(world.orders), result.event) == (1, Event.CONFIRMED)
