"""`status`, for people and for programs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.commands.display.status import (
    advice_for,
    local_lines,
    status_lines,
    status_values,
    traffic_lines,
    traffic_values,
)
from agent.errors import Code, Failure
from agent.provision.lifecycle import State
from agent.provision.remembered import Remembered
from agent.resident.traffic_record import TrafficRecord
from agent.setting_values import Budget

DONE = Remembered(
    State.PROVISIONED,
    in_force="0123456789abcdef" * 4,
    card="8981000000000000001",
    imei="490154203237518",
    changed_at="2026-11-23T09:00:00Z",
    ended_at="2026-11-24T09:00:00Z",
)
HELD = replace(DONE, state=State.BLOCKED, held=True, last_order="hold 2", failure=Failure(Code.IDENTITY_HELD, "since"))


def test_a_provisioned_gateway_is_one_screen():
    assert list(status_lines(DONE, 4711)) == [
        "state         provisioned, since 2026-11-23T09:00:00Z",
        "config        0123456789ab",
        "SIM           8981000000000000001",
        "IMEI          490154203237518",
        "last pass     2026-11-24T09:00:00Z",
        "resident      running (process 4711)",
        "what to do    Nothing: this gateway is done.",
    ]


def test_a_held_gateway_shows_the_order_and_the_failure():
    lines = list(status_lines(HELD, None))
    assert "held          by the operator's order 'hold 2'" in lines
    assert "error         identity.held: since" in lines
    assert lines[-1] == f"what to do    {Code.IDENTITY_HELD.advice}"


def test_a_new_gateway_claims_nothing():
    assert list(status_lines(Remembered(), None))[:4] == [
        "state         new, since a time that is not known (no clock was set)",
        "config        none",
        "SIM           not seen yet",
        "IMEI          not read yet",
    ]


def test_programs_get_the_same_facts():
    values = status_values(HELD, None)
    assert (values["state"], values["held"], values["configuration"]) == ("blocked", True, "0123456789ab")
    assert values["failure"]["code"] == "identity.held"
    assert values["what_to_do"] == advice_for(HELD)


@pytest.mark.parametrize("state", State)
def test_every_state_has_its_advice(state):
    assert advice_for(Remembered(state)).endswith(".")


def test_a_notice_has_advice_on_a_provisioned_gateway():
    assert advice_for(replace(DONE, notice=Failure(Code.MODEM_SILENT, "x"))) == Code.MODEM_SILENT.advice


def test_traffic_is_shown_with_what_the_budget_lets_expect():
    record = TrafficRecord(datetime(2026, 11, 1, tzinfo=UTC), 12, 34_560)
    (line,) = traffic_lines(record, 900_000, Budget(1_000_000, timedelta(days=30)))
    assert line == "traffic       34.6 kB in 12 passes since 2026-11-01; 900 of 1000 kB expected"
    assert traffic_values(record, None)["traffic"]["expected"] is None
    assert list(traffic_lines(TrafficRecord(), None, None)) == []


def test_a_closed_endpoint_and_a_damaged_state_file_are_shown():
    damage = Failure(Code.STATE_CORRUPT, "is missing")
    assert [line.split()[0] for line in local_lines(damage, closed=True)] == ["endpoint", "note"]
    assert list(local_lines(None, closed=False)) == []
