"""What has to wait until everything is kept: a restart of the gateway, and connections that stay."""

import pytest
from effects_gateway import Actions, file
from faulty_disk import Killed

from agent.apply.applying import apply_effects, roll_back, undo
from agent.apply.settling import settle
from agent.effects import ActivateConnections, Power, PowerState, WantedEffect
from agent.errors import Code, Failure
from agent.handover.files import read_outcome
from agent.handover.order import Change, Result, RollBack
from agent.reasons import Cause, DocumentKey, NotDone

POWER_STATE = DocumentKey(("power_state",))

REBOOT = PowerState(Power.REBOOT, 60.0)
UP = ActivateConnections(("wan",))


def test_a_restart_of_the_gateway_is_ordered_once_and_by_no_way_back(gateway):
    gateway.actor = Actions()
    wanted = [file("/etc/a", then=(REBOOT,)), WantedEffect(REBOOT, POWER_STATE)]
    assert gateway.becomes(wanted).result is Result.COMMITTED
    assert "finish" in gateway.actor.how(PowerState)
    gateway.actor = Actions()
    assert gateway.becomes(wanted).changes == ()
    assert roll_back(gateway.order(RollBack), gateway.context()).result is Result.COMMITTED
    assert gateway.actor.how(PowerState) == []


def test_a_gateway_that_ends_while_its_restart_is_ordered_does_not_restart_for_ever(gateway):
    gateway.actor = Actions(ends_at={"finish"})
    with pytest.raises(Killed):
        gateway.becomes([file("/etc/a"), WantedEffect(REBOOT, POWER_STATE)])
    gateway.actor = Actions()
    assert settle(gateway.context()) is None
    assert gateway.actor.how(PowerState) == []


def test_that_the_gateway_could_not_be_restarted_is_reported(gateway):
    gateway.actor = Actions(failing={"finish"})
    outcome = gateway.becomes([file("/etc/a"), WantedEffect(REBOOT, POWER_STATE)])
    assert outcome.result is Result.COMMITTED
    assert ("not done", "it") in [(change.what, change.where) for change in outcome.changes]
    assert read_outcome(gateway.context().own) == outcome


def test_connections_are_kept_again_after_a_process_that_ended_in_between(gateway):
    gateway.actor = Actions(ends_at={"finish"})
    with pytest.raises(Killed):
        gateway.becomes([file("/etc/a", then=(UP,))])
    gateway.actor = Actions()
    assert settle(gateway.context()).result is Result.COMMITTED
    assert gateway.actor.how(ActivateConnections) == ["finish"]


STOPPED = Actions(stopped=(("kitting-apply.path", None),))
STARTED = Change("started", "kitting-apply.path", Cause.OWN_UNIT_STOPPED)


def test_an_own_unit_that_was_stopped_is_started_and_named_once_a_configuration_is_kept(gateway):
    gateway.actor = STOPPED
    assert STARTED in gateway.becomes([file("/etc/a")]).changes


def test_an_own_unit_that_was_stopped_is_started_and_named_once_a_configuration_is_taken_back(gateway):
    applied = apply_effects(gateway.order(), lambda: [file("/etc/a")], gateway.context())
    assert applied.result is Result.UNCONFIRMED
    gateway.actor = STOPPED
    outcome = undo(gateway.context(), Failure(Code.APPLY_UNCONFIRMED, "no answer"))
    assert (outcome.result, outcome.changes) == (Result.UNDONE, (STARTED,))
    assert read_outcome(gateway.context().own) == outcome


def test_an_own_unit_that_was_stopped_is_started_after_a_power_cut(gateway):
    gateway.actor = Actions(ends_at={"do"})
    with pytest.raises(Killed):
        gateway.becomes([file("/etc/a", then=(UP,))])
    gateway.actor = STOPPED
    assert STARTED in settle(gateway.context()).changes


def test_that_an_own_unit_cannot_be_started_is_reported_and_takes_nothing_back(gateway):
    refusal = Failure(Code.APPLY_FAILED, "refused")
    gateway.actor = Actions(stopped=(("kitting-apply.path", refusal),))
    outcome = gateway.becomes([file("/etc/a")])
    assert outcome.result is Result.COMMITTED
    assert Change("not started", "kitting-apply.path", NotDone(Code.APPLY_FAILED, "refused")) in outcome.changes
