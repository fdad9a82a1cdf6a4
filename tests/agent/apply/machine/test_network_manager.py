"""Connections on a system whose nmcli and busctl are small scripts."""

import pytest
from clocks import UntilFile
from hypothesis import given
from hypothesis import strategies as st

from agent.apply.machine import network_manager
from agent.apply.machine.running_system import RunningSystem
from agent.effects import ActivateConnections
from agent.errors import Failure
from agent.host import programs as host_programs
from agent.reasons import DocumentKey

NETWORK = DocumentKey(("network",))


def test_connections_are_taken_up_under_a_checkpoint(programs):
    system = programs.add("busctl", 'echo o "/org/freedesktop/NetworkManager/Checkpoint/1"').add("nmcli").system
    system.do(ActivateConnections(("wan", "two words")), NETWORK)
    assert programs.asked[0].endswith("CheckpointDestroy o /")
    assert programs.asked[1].endswith("CheckpointCreate aouu 0 300 2")
    assert programs.asked[2:] == [
        "nmcli connection reload",
        "nmcli --wait 45 connection up id wan",
        "nmcli --wait 45 connection up id two words",
    ]


def test_a_checkpoint_that_is_not_there_is_not_missed(programs):
    programs.add("busctl", 'case "$*" in *Destroy*) echo no such; exit 1;; esac').add("nmcli")
    programs.system.do(ActivateConnections(("wan",)), NETWORK)
    assert programs.asked[-1] == "nmcli --wait 45 connection up id wan"


def test_without_a_checkpoint_no_connection_is_touched(programs):
    programs.add("busctl", "exit 1").add("nmcli")
    with pytest.raises(Failure, match="exit code 1"):
        programs.system.do(ActivateConnections(("wan",)), NETWORK)
    assert not any(line.startswith("nmcli") for line in programs.asked)


@pytest.mark.parametrize("missing", ["busctl", "nmcli"])
def test_a_gateway_without_network_manager_is_reported(programs, tmp_path, missing):
    programs.add({"busctl": "nmcli", "nmcli": "busctl"}[missing])
    system = RunningSystem({"PATH": str(tmp_path)})
    (tmp_path / "sh").symlink_to("/bin/sh")
    with pytest.raises(Failure, match="No such file") as caught:
        system.do(ActivateConnections(("wan",)), NETWORK)
    assert missing in caught.value.where


def test_on_the_way_back_only_connections_that_are_still_there_are_activated(programs):
    show = r"""case "$*" in *show*) printf 'wan\nwith\\:colon\n\n';; esac"""
    programs.add("busctl").add("nmcli", show)
    programs.system.redo(ActivateConnections(("wan", "gone", "with:colon")))
    ups = [line.rpartition(" id ")[2] for line in programs.asked if " up " in line]
    assert ups == ["wan", "with:colon"]


def test_what_is_kept_needs_no_checkpoint(programs):
    programs.add("busctl").system.finish(ActivateConnections(("wan",)))
    assert programs.asked[0].endswith("CheckpointDestroy o /")


@given(st.text(max_size=200))
def test_whatever_nmcli_prints_is_read_as_names(text):
    assert all(isinstance(name, str) for name in network_manager.names_of(text))


def stopped(programs, ending):
    """Why the apply stops when busctl prints its answer and ends so."""
    programs.add("busctl", f'case "$*" in *Destroy*) echo exit code 1; {ending};; esac').add("nmcli")
    with pytest.raises(Failure) as caught:
        programs.system.do(ActivateConnections(("wan",)), NETWORK)
    assert len(programs.asked) == 1
    return caught.value.detail


def test_a_busctl_that_is_killed_stops_the_apply_whatever_it_prints(programs):
    assert "ended by signal 9" in stopped(programs, "kill -9 $$")


def test_a_busctl_that_hangs_stops_the_apply_whatever_it_prints(programs, monkeypatch):
    monkeypatch.setattr(host_programs, "time", UntilFile(programs.place / "asked"))
    assert "not ended within" in stopped(programs, "sleep 30")
