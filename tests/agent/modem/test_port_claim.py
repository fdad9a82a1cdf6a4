"""A serial port is claimed for one process, and given back as it was."""

import fcntl
import os
import pty
import termios

import pytest
from simulated_ports import PATIENT

from agent.errors import Code, Failure
from agent.identity import Read
from agent.modem.port_claim import claimed
from agent.modem.reading import read_equipment
from agent.settings import ModemSettings
from simulator.model_files import load_model
from simulator.modem import Modem
from simulator.pseudo_terminal import ModemOnPty


@pytest.mark.parametrize(
    ("port", "code"),
    [("/nowhere/ttyUSB0", Code.MODEM_NO_PORT), ("/dev/null", Code.MODEM_NO_PORT), ("/etc", Code.MODEM_NO_PORT)],
)
def test_a_port_that_is_none_is_reported(port, code):
    assert read_equipment(ModemSettings(port=port)).imei.code is code


def test_a_port_that_another_program_claimed_is_left_alone_and_an_unclaimed_one_is_given_back():
    modem = Modem(load_model())
    with ModemOnPty(modem) as plugged:
        settings = ModemSettings(port=str(plugged.path))
        other = os.open(plugged.path, os.O_RDWR | os.O_NOCTTY)
        before = termios.tcgetattr(other)
        fcntl.ioctl(other, termios.TIOCEXCL)
        assert read_equipment(settings, limits=PATIENT).imei.code is Code.MODEM_BUSY
        fcntl.ioctl(other, termios.TIOCNXCL)
        fcntl.flock(other, fcntl.LOCK_EX)
        assert read_equipment(settings, limits=PATIENT).imei.code is Code.MODEM_BUSY
        fcntl.flock(other, fcntl.LOCK_UN)
        assert modem.commands == []
        assert isinstance(read_equipment(settings, limits=PATIENT).imei, Read)
        assert termios.tcgetattr(other) == before
        assert isinstance(read_equipment(settings, limits=PATIENT).imei, Read)
        os.close(other)


def test_a_port_in_a_data_call_is_left_alone():
    master, slave = pty.openpty()
    try:
        fcntl.ioctl(slave, termios.TIOCSETD, (21).to_bytes(4, "little"))
    except OSError as error:
        pytest.skip(f"this kernel has no multiplexer line discipline: {error.strerror}")
    assert read_equipment(ModemSettings(port=os.ttyname(slave))).imei.code is Code.MODEM_BUSY
    os.close(slave)
    os.close(master)


def test_a_claimed_port_is_exclusive_keeps_a_call_and_is_restored_afterwards():
    with ModemOnPty(Modem(load_model())) as plugged:
        port = str(plugged.path)
        other = os.open(port, os.O_RDWR | os.O_NOCTTY)
        before = termios.tcgetattr(other)
        before[2] |= termios.HUPCL
        termios.tcsetattr(other, termios.TCSANOW, before)
        with claimed(port, 9600, PATIENT) as line:
            assert not termios.tcgetattr(line.fileno())[2] & termios.HUPCL
            with pytest.raises(BlockingIOError):
                fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with pytest.raises(Failure) as caught, claimed(port, 9600, PATIENT):
                pass
            assert caught.value.code is Code.MODEM_BUSY
        assert termios.tcgetattr(other) == before
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(other)


@pytest.mark.parametrize(
    ("port", "detail"), [("/nowhere/ttyUSB0", "does not exist"), ("/dev/null", "not a serial port")]
)
def test_a_port_that_cannot_be_claimed_is_named(port, detail):
    with pytest.raises(Failure, match=detail) as caught, claimed(port, 9600, PATIENT):
        pass
    assert (caught.value.code, caught.value.where) == (Code.MODEM_NO_PORT, port)
