"""Which ports there are, and who has them."""

import pytest
from simulated_ports import Machine

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
