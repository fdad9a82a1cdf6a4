"""The process that uses a port."""

import os

import pytest
from simulated_ports import Machine

from agent.modem.port_owners import port_owner


@pytest.fixture
def machine(tmp_path):
    with Machine(tmp_path) as machine:
        yield machine


def test_who_has_a_port_open_is_named(machine, tmp_path):
    port = tmp_path / "ttyUSB7"
    port.touch()
    machine.process(7, "sleep", files=["/dev/null"])
    assert port_owner(str(port), machine.root) is None
    machine.process(42, "pppd", files=["/dev/null", port])
    assert str(port_owner(str(port), machine.root)) == "process 42 (pppd)"


def test_our_own_process_is_no_other_owner(machine, tmp_path):
    (tmp_path / "ttyUSB7").touch()
    machine.process(os.getpid(), "python", files=[tmp_path / "ttyUSB7"])
    assert port_owner(str(tmp_path / "ttyUSB7"), machine.root) is None


@pytest.mark.parametrize(("text", "owner"), [("  4242\n", 4242), ("", None), ("x", None), ("99", None), ("²", None)])
def test_a_lock_file_counts_while_its_process_lives(machine, text, owner):
    machine.process(4242, "wvdial")
    locks = machine.root / "run/lock"
    locks.mkdir(parents=True)
    (locks / "LCK..ttyUSB7").write_text(text)
    found = port_owner("/dev/ttyUSB7", machine.root)
    assert (found and found.pid) == owner
