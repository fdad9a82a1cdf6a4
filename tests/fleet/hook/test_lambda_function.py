"""The hook as an AWS Lambda function."""

import pytest
from simulated_operator import BENCH, SimulatedOperator

from fleet.hook import lambda_function
from fleet.hook.lambda_function import lambda_handler

PLAN = "name: p\nsims: {tag: {name: batch, value: '7'}}\ngroups: {before: {name: bench}, after: {name: field}}\n"


@pytest.fixture
def operator(monkeypatch):
    with SimulatedOperator(group_id=BENCH) as started:
        started.environment(monkeypatch)
        for sim in started.platform.sims:
            started.platform.set_tag(sim.imsi, "batch", "7")
        yield started


def test_the_function_locks_the_sim_of_an_event(operator, tmp_path, monkeypatch):
    (tmp_path / "plan.yaml").write_text(PLAN)
    monkeypatch.setenv("KITTING_PLAN", str(tmp_path / "plan.yaml"))
    sim = operator.kitted()
    assert lambda_handler({"imsi": sim.imsi, "parameter1": sim.sim_id}, None)["outcome"] == "locked"
    assert lambda_handler({"nothing": 1}, None) == {"outcome": "the event names no SIM"}


def test_the_function_waits_as_long_as_it_may_run(operator, tmp_path, monkeypatch):
    (tmp_path / "plan.yaml").write_text(PLAN)
    monkeypatch.setenv("KITTING_PLAN", str(tmp_path / "plan.yaml"))
    sim, pauses = operator.platform.sims[0], []

    def wait(pause_s):
        pauses.append(pause_s)
        operator.kitted()

    monkeypatch.setattr(lambda_function.time, "sleep", wait)

    class Context:
        @staticmethod
        def get_remaining_time_in_millis():
            return 900_000

    assert lambda_handler({"sim": sim.sim_id}, Context())["outcome"] == "locked"
    assert len(pauses) == 1
