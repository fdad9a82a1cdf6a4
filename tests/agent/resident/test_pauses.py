"""The pause until the next pass, and the traffic record behind it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from agent.host.clock import CLOCK_FLOOR
from agent.provision.lifecycle import State
from agent.provision.pass_result import PassResult
from agent.provision.remembered import Remembered
from agent.provision.state_file import save
from agent.resident.pace import at_ip_layer
from agent.resident.pauses import budget_now, clock_now, pause_after, pause_at_start, traffic, write_down
from agent.resident.schedule import PASS_LEAST_S, first_pass_s
from agent.resident.traffic_file import read_record
from agent.resident.traffic_record import TrafficRecord, affordable_pause_s
from agent.setting_values import Budget
from agent.settings import ApplySettings, PathSettings, ScheduleSettings, Settings

CARD = "8981000000000000017"
HOURLY = ScheduleSettings(interval=3600.0, jitter=600.0)
SERVED = SimpleNamespace(bytes_sent=300, bytes_received=700, connections=1, requests=2, date=None)
"""The counts of a metadata service after a pass."""


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    (tmp_path / "state").mkdir()
    paths = PathSettings(state=tmp_path / "state", apply=tmp_path / "apply")
    return Settings(schedule=HOURLY, apply=ApplySettings(root=tmp_path / "root"), paths=paths)


def test_after_a_good_pass_the_interval_counts_and_after_a_failure_a_part_of_a_minute(settings):
    good, failed = Remembered(card=CARD), Remembered(card=CARD, failures_in_a_row=1)
    assert pause_after(settings, PassResult(good)) == HOURLY.interval + first_pass_s(HOURLY, CARD)
    assert PASS_LEAST_S <= pause_after(settings, PassResult(failed)) <= 60.0


@pytest.mark.parametrize("state", [State.NEW, State.FAILED])
def test_a_device_that_is_not_provisioned_starts_at_once(settings, state):
    save(settings.paths.state, Remembered(state, card=CARD))
    assert pause_at_start(settings) == 0.0


def test_a_provisioned_device_waits_for_its_part_of_the_jitter(settings):
    save(settings.paths.state, Remembered(State.PROVISIONED, card=CARD))
    assert pause_at_start(settings) == first_pass_s(HOURLY, CARD) > 0


def test_a_state_directory_that_does_not_exist_is_a_new_device(settings, tmp_path):
    missing = replace(settings, paths=PathSettings(state=tmp_path / "missing", apply=tmp_path))
    assert pause_at_start(missing) == 0.0


def test_a_pass_is_counted_with_the_headers_of_its_packets(settings):
    write_down(settings, SERVED, quiet=False)
    write_down(settings, SERVED, quiet=False)
    record = read_record(settings.paths.state)
    assert (record.passes, record.bytes) == (2, 2 * at_ip_layer(1000, 1, 2))
    assert traffic(settings) == (record, None)


def test_a_quiet_poll_is_counted_without_a_write_to_the_disk(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    write_down(settings, SERVED, quiet=False)
    write_down(settings, SERVED, quiet=True)
    assert read_record(settings.paths.state).passes == 1
    assert traffic(settings)[0].passes == 2


def test_a_budget_makes_the_pause_longer_and_the_period_is_estimated_with_it(settings):
    budget = Budget(100_000, timedelta(days=30))
    limited = replace(settings, schedule=ScheduleSettings(900.0, 0.0, budget=budget))
    assert budget_now(limited) == budget
    affordable_s = affordable_pause_s(budget, TrafficRecord(), None)
    assert pause_after(limited, PassResult(Remembered())) == pytest.approx(affordable_s)
    assert affordable_s > 900.0
    write_down(limited, SERVED, quiet=False)
    record, expected = traffic(limited)
    assert record.bytes < expected <= budget.bytes


def test_the_clock_of_the_service_counts_where_that_of_the_device_cannot_be_right():
    assert clock_now(None) is None or clock_now(None) > CLOCK_FLOOR
    assert clock_now(datetime(2099, 1, 1, tzinfo=UTC)) is not None
