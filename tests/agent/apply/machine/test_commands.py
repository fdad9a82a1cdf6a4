"""Commands, units and connections on a machine whose systemctl, nmcli, busctl and systemd-run are small scripts."""

import shlex
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.apply.machine import commands, units
from agent.apply.machine import network_manager as network
from agent.apply.machine.commands import CommandFailed, Machine, scoped
from agent.apply.machine.units import Work, properties_of, wait_until_active, work_of
from agent.effects import ActivateConnections, OnError, Power, PowerState, RunCommand, ServiceVerb, Verb
from agent.errors import Code, Failure

RESTART = ServiceVerb("app.service", Verb.RESTART)
HOSTILE = "\\033]0;owned\\007\\000\\377\\342\\200\\256evil"


class Programs:
    """A directory of stand-ins; each notes what it was asked, then does what the test says."""

    def __init__(self, place):
        self.place = place
        self.machine = Machine({"PATH": f"{place}:/usr/bin:/bin"})

    def add(self, name, body="exit 0"):
        program = self.place / name
        program.write_text(f'#!/bin/sh\nprintf "%s\\n" "{name} $*" >> {self.place}/asked\n{body}\n')
        program.chmod(0o755)
        return self

    @property
    def asked(self):
        path = self.place / "asked"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def programs(tmp_path):
    return Programs(tmp_path)


@pytest.fixture
def at_once(monkeypatch):
    """A unit that is at work is believed."""
    monkeypatch.setattr(units, "STAYS_S", 0.0)


def shell(text, limit_s=5.0, on_error=OnError.STOP):
    return RunCommand(("sh", "-c", text), limit_s, on_error)


def test_a_command_says_how_it_ended(programs):
    ran = programs.machine.do(shell("echo one; echo two >&2"), "runcmd[0]")
    assert (ran.code, ran.tail, ran.because) == (0, "one two", "runcmd[0]")
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
def test_a_command_that_fails_stops_everything_and_says_how(programs, text, code, why):
    with pytest.raises(CommandFailed) as caught:
        programs.machine.do(shell(text), "runcmd[0]")
    assert (caught.value.failure.code, caught.value.failure.detail) == (Code.APPLY_FAILED, why)
    assert caught.value.ran.code == code


@pytest.mark.parametrize("text", ["exit 3", "kill -9 $$"])
def test_a_command_that_may_fail_is_only_said(programs, text):
    assert programs.machine.do(shell(text, on_error=OnError.CONTINUE), "runcmd[0]").code != 0


@pytest.mark.parametrize("argv", [("no-such-program-here",), ("/etc/passwd",), ("a\0b",), ("",)])
@pytest.mark.parametrize("on_error", list(OnError))
def test_what_cannot_be_started_is_said_without_a_traceback(programs, argv, on_error):
    command = RunCommand(argv, 5.0, on_error)
    if on_error is OnError.CONTINUE:
        ran = programs.machine.do(command, "runcmd[0]")
    else:
        with pytest.raises(CommandFailed) as caught:
            programs.machine.do(command, "runcmd[0]")
        ran = caught.value.ran
        assert caught.value.failure.detail == ran.tail
    assert ran.code == commands.NOT_ENDED
    assert ran.tail


def test_a_command_that_hangs_is_ended_with_everything_it_started(programs):
    with pytest.raises(CommandFailed) as caught:
        programs.machine.do(shell("echo waiting; sleep 60 & sleep 60", 0.3), "runcmd[0]")
    assert caught.value.failure.detail == "not ended within 0.3 s: waiting"
    assert caught.value.ran.code == commands.NOT_ENDED


def test_who_is_left_behind_with_the_pipe_open_is_not_waited_for(programs):
    assert programs.machine.do(shell("echo done; sleep 5 &", 4.0), "runcmd[0]").tail == "done"


def test_of_much_output_the_end_is_kept(programs):
    ran = programs.machine.do(shell("head -c 3000000 /dev/zero | tr '\\0' x; echo END"), "runcmd[0]")
    assert ran.tail.endswith("xEND")
    assert len(ran.tail) <= commands.MAX_TAIL_BYTES


def test_nothing_that_a_terminal_would_obey_is_repeated(programs):
    ran = programs.machine.do(shell(f"printf '{HOSTILE}'"), "runcmd[0]")
    assert ran.tail.isprintable()
    assert ran.tail.endswith("evil")


def test_a_command_has_no_input_and_no_inherited_environment(programs, monkeypatch):
    monkeypatch.setenv("CANARY", "inherited")
    assert programs.machine.do(shell('cat; echo "[$CANARY]"'), "runcmd[0]").tail == "[]"


def test_a_command_of_its_own_scope_is_given_to_systemd_with_limits(programs, monkeypatch, tmp_path):
    monkeypatch.setattr(commands, "SYSTEMD_RUNS", tmp_path)
    programs.add("systemd-run", "echo ran; exit 4")
    command = RunCommand(("sh", "-c", "echo ${HOME} $$"), 0.4, OnError.CONTINUE, own_scope=True)
    ran = programs.machine.do(command, "runcmd[0]")
    assert (ran.code, ran.tail, ran.command) == (4, "ran", shlex.join(command.argv))
    assert "--property=RuntimeMaxSec=1 --property=MemoryMax=50% --property=TasksMax=256" in programs.asked[0]


def test_where_systemd_does_not_run_a_command_is_run_as_it_is(programs, monkeypatch, tmp_path):
    monkeypatch.setattr(commands, "SYSTEMD_RUNS", tmp_path / "absent")
    programs.add("systemd-run")
    assert programs.machine.do(RunCommand(("echo", "plain"), 5.0, own_scope=True), "runcmd[0]").tail == "plain"
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
    programs.add("systemctl", '[ "$1" = show ] && echo ActiveState=active; exit 0').machine.do(RESTART, "x")
    assert programs.asked[0] == "systemctl --no-ask-password restart -- app.service"
    assert programs.asked[1].startswith("systemctl show --property=ActiveState,")


@pytest.mark.parametrize("state", ["failed", "inactive", "deactivating", "", HOSTILE])
@pytest.mark.usefixtures("at_once")
def test_a_unit_that_is_not_at_work_afterwards_fails_the_apply(programs, state):
    programs.add("systemctl", f"[ \"$1\" = show ] && printf 'ActiveState={state}\\n'; exit 0")
    with pytest.raises(Failure, match="not at work after its restart") as caught:
        programs.machine.do(RESTART, "x")
    assert (caught.value.code, caught.value.where) == (Code.APPLY_FAILED, "app.service")
    assert caught.value.detail.isprintable()


def test_a_unit_that_systemd_refuses_fails_the_apply_with_its_words(programs):
    programs.add("systemctl", "echo Unit app.service not found. >&2; exit 5")
    with pytest.raises(Failure, match=r"exit code 5: Unit app.service not found\."):
        programs.machine.do(RESTART, "x")


def test_a_systemctl_that_hangs_is_given_up(programs, monkeypatch):
    monkeypatch.setattr(commands, "SYSTEMCTL_LIMIT_S", 0.2)
    with pytest.raises(Failure, match=r"not ended within 0\.2 s"):
        programs.add("systemctl", "sleep 30").machine.do(RESTART, "x")


def test_without_systemctl_it_is_said_that_it_is_not_there(tmp_path):
    with pytest.raises(Failure, match="No such file"):
        Machine({"PATH": str(tmp_path)}).do(RESTART, "x")


def test_at_start_up_no_unit_is_waited_for(programs):
    programs.add("systemctl")
    Machine(programs.machine.environment, early=True).do(RESTART, "x")
    assert programs.asked == ["systemctl --no-ask-password --no-block restart -- app.service"]


def test_on_the_way_back_a_unit_whose_file_is_gone_is_stopped(programs):
    programs.add("systemctl", '[ "$1" = show ] && echo LoadState=not-found && exit 0; exit 5').machine.redo(RESTART)
    assert programs.asked[1:] == ["systemctl --no-ask-password stop -- app.service"]


@pytest.mark.usefixtures("at_once")
def test_on_the_way_back_a_unit_that_is_still_there_is_restarted(programs):
    answer = '[ "$1" = show ] && echo LoadState=loaded && echo ActiveState=active; exit 0'
    programs.add("systemctl", answer).machine.redo(RESTART)
    assert "systemctl --no-ask-password restart -- app.service" in programs.asked


def test_on_the_way_back_a_helper_command_that_fails_is_a_failure_like_any_other(programs):
    with pytest.raises(Failure, match="exit code 3"):
        programs.machine.redo(shell("exit 3"))


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
def test_what_systemd_says_of_a_unit_is_one_word(programs, answer, word):
    assert programs.add("systemctl", answer).machine.unit_words(["a.service"]) == {"a.service": word}


def test_connections_are_taken_up_under_a_checkpoint(programs):
    machine = programs.add("busctl", 'echo o "/org/freedesktop/NetworkManager/Checkpoint/1"').add("nmcli").machine
    machine.do(ActivateConnections(("wan", "two words")), "network")
    assert programs.asked[0].endswith("CheckpointDestroy o /")
    assert programs.asked[1].endswith("CheckpointCreate aouu 0 300 2")
    assert programs.asked[2:] == [
        "nmcli connection reload",
        "nmcli --wait 45 connection up id wan",
        "nmcli --wait 45 connection up id two words",
    ]


def test_a_checkpoint_that_is_not_there_is_not_missed(programs):
    programs.add("busctl", 'case "$*" in *Destroy*) echo no such; exit 1;; esac').add("nmcli")
    programs.machine.do(ActivateConnections(("wan",)), "network")
    assert programs.asked[-1] == "nmcli --wait 45 connection up id wan"


def test_without_a_checkpoint_no_connection_is_touched(programs):
    programs.add("busctl", "exit 1").add("nmcli")
    with pytest.raises(Failure, match="exit code 1"):
        programs.machine.do(ActivateConnections(("wan",)), "network")
    assert not any(line.startswith("nmcli") for line in programs.asked)


@pytest.mark.parametrize("missing", ["busctl", "nmcli"])
def test_a_gateway_without_network_manager_says_so(programs, tmp_path, missing):
    programs.add({"busctl": "nmcli", "nmcli": "busctl"}[missing])
    machine = Machine({"PATH": str(tmp_path)})
    (tmp_path / "sh").symlink_to("/bin/sh")
    with pytest.raises(Failure, match="No such file") as caught:
        machine.do(ActivateConnections(("wan",)), "network")
    assert missing in caught.value.where


def test_on_the_way_back_only_connections_that_are_still_there_are_activated(programs):
    show = r"""case "$*" in *show*) printf 'wan\nwith\\:colon\n\n';; esac"""
    programs.add("busctl").add("nmcli", show)
    programs.machine.redo(ActivateConnections(("wan", "gone", "with:colon")))
    ups = [line.rpartition(" id ")[2] for line in programs.asked if " up " in line]
    assert ups == ["wan", "with:colon"]


def test_what_is_kept_needs_no_checkpoint(programs):
    programs.add("busctl").machine.kept(ActivateConnections(("wan",)))
    assert programs.asked[0].endswith("CheckpointDestroy o /")


@given(st.text(max_size=200))
def test_whatever_nmcli_prints_is_read_as_names(text):
    assert all(isinstance(name, str) for name in network.names_of(text))


@pytest.mark.parametrize(("delay_s", "seconds"), [(0.0, 60), (60.0, 60), (300.0, 300)])
def test_a_restart_leaves_time_to_report(programs, delay_s, seconds):
    machine = programs.add("systemd-run").machine
    assert machine.do(PowerState(Power.REBOOT, delay_s), "power_state") is None
    assert programs.asked == []
    machine.kept(PowerState(Power.REBOOT, delay_s))
    assert programs.asked == [f"systemd-run --quiet --collect --on-active={seconds} systemctl reboot"]


@given(st.text(max_size=200))
def test_whatever_systemctl_shows_is_one_of_three(text):
    assert work_of(properties_of(text)) in Work


@pytest.mark.parametrize(
    ("shown", "work"),
    [
        ({"ActiveState": "active"}, Work.AT_WORK),
        ({"ActiveState": "refreshing"}, Work.AT_WORK),
        ({"ActiveState": "activating", "SubState": "auto-restart"}, Work.STARTING),
        ({"ActiveState": "inactive", "Type": "oneshot", "Result": "success"}, Work.AT_WORK),
        ({"ActiveState": "inactive", "Type": "oneshot", "Result": "exit-code"}, Work.FAILED),
        ({"ActiveState": "inactive", "Type": "simple", "Result": "success"}, Work.FAILED),
        ({"ActiveState": "failed"}, Work.FAILED),
        ({}, Work.FAILED),
    ],
)
def test_a_unit_is_at_work_starting_or_failed(shown, work):
    assert work_of(shown) is work


def waited(states):
    """How a wait ends whose clock goes on by half a second at each look, and at what second."""
    states, seconds = iter(states), count()
    now = [0.0]

    def clock():
        now[0] = next(seconds) / 2
        return now[0]

    wait_until_active("u", lambda _: f"ActiveState={next(states)}\n", clock, lambda _: None)
    return now[0]


def forever(state):
    while True:
        yield state


def test_a_unit_that_dies_right_after_its_start_was_not_at_work():
    with pytest.raises(Failure, match="failed"):
        waited(["active", "active", "failed"])


def test_a_unit_that_starts_slowly_is_waited_for():
    assert waited(["activating"] * 20 + ["active"] * 3) > 10


def test_a_unit_that_never_starts_is_given_up():
    with pytest.raises(Failure, match="activating"):
        waited(forever("activating"))


def test_a_unit_that_comes_and_goes_is_given_up():
    def flapping():
        while True:
            yield from ("active", "activating")

    with pytest.raises(Failure, match="not at work"):
        waited(flapping())
