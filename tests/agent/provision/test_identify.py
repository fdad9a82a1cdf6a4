"""Identify and bind: the SIM and the modem of a pass."""

from dataclasses import replace

import pytest
from scripted_edges import EQUIPMENT, IMEI, SUBSCRIBER, World

from agent.errors import Code, Failure
from agent.identity import Equipment, NotRead
from agent.provision.lifecycle import State


def test_a_modem_that_is_not_read_does_not_stop_a_pass_and_no_imei_is_reported():
    world = World(equipment=Equipment.unread(Failure(Code.MODEM_SILENT, "no answer")))
    result = world.run()
    assert result.remembered.state is State.PROVISIONED
    assert "kitting_imei" not in world.sent[0]
    assert world.sent[0]["kitting_error"].startswith("modem.silent: ")
    assert result.remembered.notice.code is Code.MODEM_SILENT


def test_a_sim_in_the_wrong_device_is_blocked_with_the_reason():
    world = World(subscriber=replace(SUBSCRIBER, imei_lock="356938035643809"))
    result = world.run()
    assert result.remembered.state is State.BLOCKED
    assert world.orders == []
    assert world.sent[0]["kitting_state"] == "blocked"
    assert world.sent[0]["kitting_error"].startswith("binding.lock: ")


def test_only_a_new_device_reads_its_userdata_ahead():
    world = World()
    new = world.run()
    assert world.ahead == 1
    world.run(new.remembered)
    world.run(replace(new.remembered, state=State.BLOCKED))
    assert world.ahead == 1


def test_an_imei_that_was_not_read_keeps_the_one_that_was():
    first = World().run()
    result = World(equipment=replace(EQUIPMENT, imei=NotRead(Code.MODEM_SILENT, "no"))).run(first.remembered)
    assert result.remembered.imei == IMEI


@pytest.mark.parametrize("code", [Code.METADATA_NO_NAME, Code.METADATA_TIMEOUT, Code.METADATA_DISABLED])
def test_a_service_that_does_not_answer_changes_nothing_but_the_failure(code):
    first = World().run()
    world = World(subscriber=Failure(code, "gone"))
    result = world.run(first.remembered)
    assert result.remembered.state is State.PROVISIONED
    assert result.remembered.in_force == first.remembered.in_force
    assert result.failure.code is code
    assert result.equipment == EQUIPMENT
    assert (world.orders, world.sent) == ([], [])
    assert result.remembered.failures_in_a_row == 1
