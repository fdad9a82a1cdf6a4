"""Commands and units on a system whose systemctl and systemd-run are small scripts."""

import os
import shlex
import signal

import pytest
from clocks import UntilFile
from hypothesis import given
from hypothesis import strategies as st
from stand_in_programs import HOSTILE
from waiting import PATIENCE_S

from agent.apply.machine import running_system, system_programs, units
from agent.apply.machine.actor import CommandFailed
from agent.apply.machine.running_system import NOT_ENDED, RunningSystem, scoped
from agent.apply.machine.system_programs import MAX_TAIL_BYTES
from agent.apply.planning.unit_state import UnitState
from agent.effects import OnError, Power, PowerState, RunCommand, ServiceVerb, Verb
from agent.errors import Code, Failure
from agent.host import programs as host_programs
from agent.reasons import DocumentKey

RUNCMD, SERVICES, POWER_STATE = (DocumentKey((key,)) for key in ("runcmd", "services", "power_state"))
RESTART = ServiceVerb("app.service", Verb.RESTART)


@pytest.fixture
def at_once(monkeypatch):
    """A unit that is at work is believed."""
    monkeypatch.setattr(units, "STAYS_S", 0.0)


def shell(text, limit_s=PATIENCE_S, on_error=OnError.STOP):
    return RunCommand(("sh", "-c", text), limit_s, on_error)


def test_the_result_of_a_command_names_its_exit_code(programs):
    ran = programs.system.do(shell("echo one; echo two >&2"), RUNCMD)
    assert (ran.code, ran.tail, ran.because) == (0, "one two", RUNCMD)
    assert ran.seconds >= 0


@pytest.mark.parametrize(
    ("text", "code", "why"),
    [
        ("echo broken; exit 3", 3, "exit code 3: broken"),
        ("exit 1", 1, "exit code 1"),
        ("kill -9 $$", -9, "ended by signal 9"),
        ("kill -USR1 $$", -10, "ended by signal 10"),
    ],
)
def test_a_command_that_fails_ends_the_apply_with_its_exit_code(programs, text, code, why):
    with pytest.raises(CommandFailed) as caught:
        programs.system.do(shell(text), RUNCMD)
    assert (caught.value.failure.code, caught.value.failure.detail) == (Code.APPLY_FAILED, why)
    assert caught.value.ran.code == code


@pytest.mark.parametrize("text", ["exit 3", "kill -9 $$"])
def test_a_command_that_may_fail_is_only_reported(programs, text):
    assert programs.system.do(shell(text, on_error=OnError.CONTINUE), RUNCMD).code != 0


@pytest.mark.parametrize("argv", [("no-such-program-here",), ("/etc/passwd",), ("a\0b",), ("",)])
@pytest.mark.parametrize("on_error", list(OnError))
def test_what_cannot_be_started_is_reported_without_a_traceback(programs, argv, on_error):
    command = RunCommand(argv, PATIENCE_S, on_error)
    if on_error is OnError.CONTINUE:
        ran = programs.system.do(command, RUNCMD)
    else:
        with pytest.raises(CommandFailed) as caught:
            programs.system.do(command, RUNCMD)
        ran = caught.value.ran
        assert caught.value.failure.detail == ran.tail
    assert ran.code == NOT_ENDED
    assert ran.tail


def test_a_command_that_hangs_is_ended_with_everything_it_started(programs, monkeypatch):
    waits = programs.place / "waits"
    monkeypatch.setattr(host_programs, "time", UntilFile(waits))
    with pytest.raises(CommandFailed) as caught:
        programs.system.do(shell(f"echo waiting; sleep 60 & touch {waits}; sleep 60", 0.3), RUNCMD)
    assert caught.value.failure.detail == "not ended within 0.3 s: waiting"
    assert caught.value.ran.code == NOT_ENDED


def test_who_is_left_behind_with_the_pipe_open_is_not_waited_for(programs):
    note = programs.place / "pid"
    assert programs.system.do(shell(f"sleep 1000 & echo $! > {note}; echo done"), RUNCMD).tail == "done"
    os.kill(int(note.read_text()), signal.SIGKILL)


def test_of_much_output_the_end_is_kept(programs):
    ran = programs.system.do(shell("head -c 3000000 /dev/zero | tr '\\0' x; echo END"), RUNCMD)
    assert ran.tail.endswith("xEND")
    assert len(ran.tail) <= MAX_TAIL_BYTES


def test_nothing_that_a_terminal_would_interpret_is_repeated(programs):
    ran = programs.system.do(shell(f"printf '{HOSTILE}'"), RUNCMD)
    assert ran.tail.isprintable()
    assert ran.tail.endswith("evil")


def test_a_command_has_no_input_and_no_inherited_environment(programs, monkeypatch):
    monkeypatch.setenv("CANARY", "inherited")
    assert programs.system.do(shell('cat; echo "[$CANARY]"'), RUNCMD).tail == "[]"


def test_a_command_of_its_own_scope_is_given_to_systemd_with_limits(programs, monkeypatch, tmp_path):
    monkeypatch.setattr(running_system, "SYSTEMD_RUNS", tmp_path)
    programs.add("systemd-run", "echo ran; exit 4")
    command = RunCommand(("sh", "-c", "echo ${HOME} $$"), PATIENCE_S - 0.4, OnError.CONTINUE, own_scope=True)
    ran = programs.system.do(command, RUNCMD)
    assert (ran.code, ran.tail, ran.command) == (4, "ran", shlex.join(command.argv))
    limits = f"--property=RuntimeMaxSec={PATIENCE_S:.0f} --property=MemoryMax=50% --property=TasksMax=256"
    assert limits in programs.asked[0]
    assert "--slice=kitting-apply.slice" in programs.asked[0].split()


def test_where_systemd_does_not_run_a_command_is_run_as_it_is(programs, monkeypatch, tmp_path):
    monkeypatch.setattr(running_system, "SYSTEMD_RUNS", tmp_path / "absent")
    programs.add("systemd-run")
    assert programs.system.do(RunCommand(("echo", "plain"), PATIENCE_S, own_scope=True), RUNCMD).tail == "plain"
    assert programs.asked == []


@given(st.lists(st.text(max_size=8), min_size=1, max_size=4), st.floats(0.01, 4000))
def test_systemd_gives_the_words_of_a_command_back_as_they_are(argv, limit_s):
    words = scoped(RunCommand(tuple(argv), limit_s))
    after = words[words.index("--") + 1 :]
    assert [after[0], *(word.replace("$$", "$") for word in after[1:])] == argv
    assert not any("$" in word.replace("$$", "") for word in after[1:])
    seconds = next(int(word.rpartition("=")[2]) for word in words if "RuntimeMaxSec" in word)
    assert seconds >= limit_s


@pytest.mark.usefixtures("at_once")
def test_a_unit_is_restarted_and_has_to_be_at_work(programs):
    programs.add("systemctl", '[ "$1" = show ] && echo ActiveState=active; exit 0').system.do(RESTART, SERVICES)
    assert programs.asked[0] == "systemctl --no-ask-password restart -- app.service"
    assert programs.asked[1].startswith("systemctl show --property=ActiveState,")


@pytest.mark.parametrize("state", ["failed", "inactive", "deactivating", "", HOSTILE])
@pytest.mark.usefixtures("at_once")
def test_a_unit_that_is_not_at_work_afterwards_fails_the_apply(programs, state):
    programs.add("systemctl", f"[ \"$1\" = show ] && printf 'ActiveState={state}\\n'; exit 0")
    with pytest.raises(Failure, match="not at work after its restart") as caught:
        programs.system.do(RESTART, SERVICES)
    assert (caught.value.code, caught.value.where) == (Code.APPLY_FAILED, "app.service")
    assert caught.value.detail.isprintable()


def test_a_unit_that_systemd_refuses_fails_the_apply_with_its_words(programs):
    programs.add("systemctl", "echo Unit app.service not found. >&2; exit 5")
    with pytest.raises(Failure, match=r"exit code 5: Unit app.service not found\."):
        programs.system.do(RESTART, SERVICES)


def test_a_systemctl_that_hangs_is_given_up(programs, monkeypatch):
    monkeypatch.setattr(system_programs, "LIMIT_S", 0.2)
    with pytest.raises(Failure, match=r"not ended within 0\.2 s"):
        programs.add("systemctl", "sleep 30").system.do(RESTART, SERVICES)


def test_without_systemctl_it_is_reported_that_it_is_not_there(tmp_path):
    with pytest.raises(Failure, match="No such file"):
        RunningSystem({"PATH": str(tmp_path)}).do(RESTART, SERVICES)


def test_at_start_up_no_unit_is_waited_for(programs):
    programs.add("systemctl")
    RunningSystem(programs.system.environment, early=True).do(RESTART, SERVICES)
    assert programs.asked == ["systemctl --no-ask-password --no-block restart -- app.service"]


def test_on_the_way_back_a_unit_whose_file_is_gone_is_stopped(programs):
    programs.add("systemctl", '[ "$1" = show ] && echo LoadState=not-found && exit 0; exit 5').system.redo(RESTART)
    assert programs.asked[1:] == ["systemctl --no-ask-password stop -- app.service"]


@pytest.mark.usefixtures("at_once")
def test_on_the_way_back_a_unit_that_is_still_there_is_restarted(programs):
    answer = '[ "$1" = show ] && echo LoadState=loaded && echo ActiveState=active; exit 0'
    programs.add("systemctl", answer).system.redo(RESTART)
    assert "systemctl --no-ask-password restart -- app.service" in programs.asked


def test_on_the_way_back_a_helper_command_that_fails_is_a_failure_like_any_other(programs):
    with pytest.raises(Failure, match="exit code 3"):
        programs.system.redo(shell("exit 3"))


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ("echo enabled", "enabled"),
        ("echo masked; exit 1", "masked"),
        ("echo Failed to get unit file state; exit 1", "not-found"),
        (f"printf '{HOSTILE} x'", "not-found"),
        ("", "not-found"),
    ],
)
def test_the_state_of_a_unit_is_one_word(programs, answer, word):
    seen = programs.add("systemctl", f'[ "$1" = show ] || {{ {answer}; }}').system.unit_states(["a.service"])
    assert seen == {"a.service": UnitState(word)}


@pytest.mark.parametrize(("active", "runs"), [("active", True), ("activating", True), ("failed", False), ("x", False)])
def test_a_unit_is_seen_with_its_work_its_type_and_its_file(programs, active, runs):
    shown = f"ActiveState={active}\nType=oneshot\nFragmentPath=/usr/lib/systemd/system/a.service\n"
    programs.add("systemctl", f"[ \"$1\" = show ] && printf '{shown}' || echo static")
    state = UnitState("static", is_active=runs, is_oneshot=True, fragment="/usr/lib/systemd/system/a.service")
    assert programs.system.unit_states(["a.service"]) == {"a.service": state}


@pytest.mark.parametrize(("delay_s", "seconds"), [(0.0, 60), (60.0, 60), (300.0, 300)])
def test_a_restart_leaves_time_to_report(programs, delay_s, seconds):
    system = programs.add("systemd-run").system
    assert system.do(PowerState(Power.REBOOT, delay_s), POWER_STATE) is None
    assert programs.asked == []
    system.finish(PowerState(Power.REBOOT, delay_s))
    assert programs.asked == [f"systemd-run --quiet --collect --on-active={seconds} systemctl reboot"]
