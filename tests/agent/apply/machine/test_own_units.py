"""The agent's own units are started where an apply has left them stopped."""

import pytest

from agent.apply.machine import running_system
from agent.apply.machine.running_system import RunningSystem
from agent.errors import Code

pytestmark = pytest.mark.usefixtures("booted")


@pytest.fixture
def programs(programs):
    """Of the root half's service, which keeps the agent's units at work."""
    programs.system = RunningSystem(programs.system.environment, keeps_own_units=True)
    return programs


AGENT, PATH = "kitting-agent.service", "kitting-apply.path"
START = "systemctl --no-ask-password --no-block start --"


@pytest.fixture
def booted(monkeypatch, tmp_path):
    """A system that systemd has booted."""
    monkeypatch.setattr(running_system, "SYSTEMD_RUNS", tmp_path)


def shows(programs, *states, refuses="nothing"):
    """systemctl shows these states of the two units, and refuses to start one unit."""
    paragraphs = "\n\n".join(
        f"Id={unit}\nUnitFileState={enabled}\nActiveState={active}"
        for unit, (enabled, active) in zip((AGENT, PATH), states, strict=True)
    )
    (programs.place / "shown").write_text(f"{paragraphs}\n")
    body = f'case "$*" in show*) cat {programs.place}/shown;; "{START[10:]} {refuses}") echo refused; exit 1;; esac'
    programs.add("systemctl", body)


def started(programs):
    return [line.rsplit(" ", 1)[1] for line in programs.asked if line.startswith(START)]


@pytest.mark.parametrize("state", ["inactive", "failed"])
def test_a_unit_that_is_enabled_and_stopped_is_started(programs, state):
    shows(programs, ("enabled", "active"), ("enabled", state))
    assert programs.system.start_own_units() == ((PATH, None),)
    assert started(programs) == [PATH]
    assert f"systemctl reset-failed -- {PATH}" in programs.asked


def test_all_that_are_stopped_are_started(programs):
    shows(programs, ("enabled", "failed"), ("enabled", "inactive"))
    assert programs.system.start_own_units() == ((AGENT, None), (PATH, None))


@pytest.mark.parametrize("state", ["active", "activating", "reloading", "deactivating"])
def test_a_unit_that_is_at_work_is_left_alone(programs, state):
    shows(programs, ("enabled", state), ("enabled", "active"))
    assert programs.system.start_own_units() == ()
    assert started(programs) == []


@pytest.mark.parametrize("enabled", ["disabled", "masked", "masked-runtime", ""])
def test_a_unit_that_the_administrator_does_not_want_stays_stopped(programs, enabled):
    shows(programs, (enabled, "inactive"), ("enabled", "active"))
    assert programs.system.start_own_units() == ()


def test_a_unit_that_cannot_be_started_does_not_keep_the_other_from_its_start(programs):
    shows(programs, ("enabled", "failed"), ("enabled", "failed"), refuses=AGENT)
    (agent, refusal), path = programs.system.start_own_units()
    assert (agent, refusal.code, path) == (AGENT, Code.APPLY_FAILED, (PATH, None))


def test_without_systemd_nothing_is_asked(programs, monkeypatch, tmp_path):
    monkeypatch.setattr(running_system, "SYSTEMD_RUNS", tmp_path / "none")
    shows(programs, ("enabled", "failed"), ("enabled", "failed"))
    assert (programs.system.start_own_units(), programs.asked) == ((), [])


@pytest.mark.parametrize("early", [False, True])
def test_a_command_of_root_and_the_start_of_the_system_leave_the_units_alone(programs, early):
    shows(programs, ("enabled", "failed"), ("enabled", "inactive"))
    system = RunningSystem(programs.system.environment, early)
    assert (system.start_own_units(), programs.asked) == ((), [])
