"""Confirm: an applied configuration is kept only if the service still answers."""

from scripted_edges import World, sim_with

from agent.errors import Code, Failure
from agent.handover.order import Outcome, Result
from agent.provision.lifecycle import Event, State
from agent.provision.memory import MAX_INTERRUPTIONS


def test_a_configuration_that_cuts_the_device_off_is_taken_back():
    world = World(answers_after=Failure(Code.METADATA_UNREACHABLE, "no route"))
    result = world.run()
    assert result.remembered.state is State.ROLLED_BACK
    assert result.failure.code is Code.APPLY_UNCONFIRMED
    assert (result.remembered.given_up, result.remembered.interruptions) == (None, 1)
    assert result.remembered.in_force is None
    assert world.sent[0]["kitting_state"] == "rolled_back"
    assert "attempt 1 of 3, tried again" in world.sent[0]["kitting_error"]


def test_a_short_outage_while_a_configuration_is_applied_does_not_condemn_it():
    disturbed = World(answers_after=Failure(Code.METADATA_UNREACHABLE, "no route")).run()
    assert World().run(disturbed.remembered).remembered.state is State.PROVISIONED


def test_a_configuration_that_cuts_the_device_off_each_time_is_given_up():
    remembered = None
    for _ in range(MAX_INTERRUPTIONS):
        world = World(answers_after=Failure(Code.METADATA_UNREACHABLE, "no route"))
        remembered = world.run(remembered).remembered
    assert (len(world.orders), remembered.given_up) == (1, remembered.attempt)
    world = World(answers_after=Failure(Code.METADATA_UNREACHABLE, "no route"))
    assert (world.run(remembered).event, world.orders) == (Event.STILL_GIVEN_UP, [])


def test_the_report_itself_is_the_proof_that_the_service_can_be_reached():
    world = World()
    world.run()
    assert (len(world.sent), world.asked_anew) == (1, 0)


def test_a_service_that_does_not_take_the_report_is_asked_whether_it_is_there():
    world = World(refuses_tags=Failure(Code.REPORT_NOT_SENT, "no"))
    result = world.run()
    assert (result.remembered.state, world.asked_anew) == (State.PROVISIONED, 1)


def test_where_nothing_is_to_be_reported_the_service_is_asked_whether_it_is_there():
    world = World()
    world.run()
    again = World(subscriber=sim_with(world.sent[0]))
    assert again.run().remembered.state is State.PROVISIONED
    assert (again.sent, again.asked_anew) == ([], 1)


def test_a_report_that_was_taken_before_the_undoing_is_corrected():
    world = World()
    world.confirm = lambda: Outcome(
        "1", world.orders[0].digest, Result.UNDONE, failure=Failure(Code.APPLY_FAILED, "no")
    )
    world.run()
    assert [tags["kitting_state"] for tags in world.sent] == ["provisioned", "rolled_back"]
