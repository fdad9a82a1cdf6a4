"""Which ports there are, and who has them."""

import os

import pytest
from simulated_ports import Machine

from agent.modem.known_ports import FILE, known_ports, remember
from agent.modem.port_owners import owner_of
from agent.modem.ports import candidates, named


@pytest.fixture
def machine(tmp_path):
    with Machine(tmp_path) as machine:
        yield machine


def names(machine, **wanted):
    return [one.name for one in candidates(machine.root, **wanted)]


def test_ports_are_found_and_ordered_by_what_is_known_of_them(machine):
    machine.port("ttyUSB0", 0, udev="ID_MM_PORT_TYPE_QCDM")
    machine.port("ttyUSB1", 1, udev="ID_MM_PORT_TYPE_GPS")
    machine.port("ttyUSB3", 3, udev="ID_MM_PORT_TYPE_AT_SECONDARY")
    machine.port("ttyUSB2", 2, udev="ID_MM_PORT_TYPE_AT_PRIMARY")
    machine.port("ttyUSB4", 4, udev="ID_MM_PORT_TYPE_AT_PPP")
    machine.port("ttyACM0", 5)
    machine.port("ttyUSB9", 9, driver="ftdi_sio")
    assert names(machine) == ["ttyUSB2", "ttyUSB3", "ttyACM0", "ttyUSB4"]


def test_a_port_has_the_name_of_the_socket_it_is_plugged_into(machine):
    machine.port("ttyUSB0", 0)
    stable = machine.socket("ttyUSB0", "usb-1-1-0")
    assert [one.path for one in candidates(machine.root)] == [stable]


def test_no_ports_are_no_candidates(tmp_path):
    assert candidates(tmp_path) == ()


def test_a_uart_is_a_candidate_where_the_settings_name_it_and_it_is_there(machine, tmp_path):
    machine.port("ttyUSB0", 0)
    (tmp_path / "ttyAMA0").touch()
    assert names(machine, uarts=[f"{tmp_path}/ttyAMA0", f"{tmp_path}/ttyAMA1"]) == ["ttyUSB0", "ttyAMA0"]
    assert not candidates(machine.root, [f"{tmp_path}/ttyAMA0"])[-1].on_usb


def test_a_named_port_is_known_by_whatever_name(machine):
    machine.port("ttyUSB2", 2)
    link = machine.socket("ttyUSB2", "usb-1-1-2")
    found = named(link, candidates(machine.root))
    assert (found.path, found.name, found.device) == (link, "ttyUSB2", "/sys/devices/usb1/1-1")


@pytest.mark.parametrize("text", ["", "0000", "zz", "\xff\xfe"])
def test_a_strange_interface_number_costs_only_the_order(machine, text):
    machine.port("ttyUSB0", 0)
    (machine.root / "sys/devices/usb1/1-1/1-1:1.0/bInterfaceNumber").write_text(text, encoding="latin-1")
    assert names(machine) == ["ttyUSB0"]


def test_who_has_a_port_open_is_named(machine, tmp_path):
    port = tmp_path / "ttyUSB7"
    port.touch()
    machine.process(7, "sleep", files=["/dev/null"])
    assert owner_of(str(port), machine.root) is None
    machine.process(42, "pppd", files=["/dev/null", port])
    assert str(owner_of(str(port), machine.root)) == "process 42 (pppd)"


def test_our_own_process_is_nobody_else(machine, tmp_path):
    (tmp_path / "ttyUSB7").touch()
    machine.process(os.getpid(), "python", files=[tmp_path / "ttyUSB7"])
    assert owner_of(str(tmp_path / "ttyUSB7"), machine.root) is None


@pytest.mark.parametrize(("text", "owner"), [("  4242\n", 4242), ("", None), ("x", None), ("99", None), ("²", None)])
def test_a_lock_file_counts_while_its_process_lives(machine, text, owner):
    machine.process(4242, "wvdial")
    locks = machine.root / "run/lock"
    locks.mkdir(parents=True)
    (locks / "LCK..ttyUSB7").write_text(text)
    found = owner_of("/dev/ttyUSB7", machine.root)
    assert (found and found.pid) == owner


def test_good_ports_are_remembered(tmp_path):
    assert known_ports(tmp_path) == ()
    remember(tmp_path, ["/dev/ttyUSB2"])
    assert known_ports(tmp_path) == ("/dev/ttyUSB2",)


def test_nothing_new_is_not_written_again(tmp_path):
    remember(tmp_path, ["/dev/ttyUSB2"])
    before = (tmp_path / FILE).stat()
    remember(tmp_path, ["/dev/ttyUSB2"])
    remember(tmp_path, [])
    assert (tmp_path / FILE).stat().st_ino == before.st_ino


DAMAGED = (b"", b"\0", b"[", b"[" * 5000, b"{}", b"\xff", b" " * 99999)


@pytest.mark.parametrize("content", [*DAMAGED, b'{"version":2,"ports":["/a"]}', b'{"version":1,"ports":"/a"}'])
def test_a_damaged_memory_is_none(tmp_path, content):
    (tmp_path / FILE).write_bytes(content)
    assert known_ports(tmp_path) == ()


def test_a_memory_that_cannot_be_kept_costs_nothing(tmp_path):
    remember(tmp_path / "missing", ["/dev/ttyUSB2"])
    remember(None, ["/dev/ttyUSB2"])
    assert known_ports(tmp_path / "missing") == known_ports(None) == ()
