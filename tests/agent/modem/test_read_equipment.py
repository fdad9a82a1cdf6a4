"""Reading a modem over a real terminal: what it says, whatever it does, and the port given back as it was."""

import fcntl
import os
import pty
import termios
from pathlib import Path

import pytest

from agent.errors import Code
from agent.identity import NotRead, Read, Source
from agent.modem import read_equipment
from agent.modem.commands import COMMANDS
from agent.modem.limits import Limits
from agent.modem.ports import candidates
from agent.settings import ModemSettings
from simulator import modem_faults as faults
from simulator.modem import Modem
from simulator.pseudo_terminal import ModemOnPty

IMEI = "490154203237518"
MODELS = sorted(path.stem for path in (Path(__file__).parents[3] / "simulator/models").glob("*.toml"))
QUICK = Limits(
    answer_s=1.0, wake_s=0.2, after_error_s=0.05, after_ok_s=0.1, busy_pauses_s=(0.05, 0.05, 0.05, 0.05), speeds=()
)


def read(modem, limits=QUICK):
    with ModemOnPty(modem) as plugged:
        return read_equipment(ModemSettings(port=str(plugged.path)), limits=limits)


@pytest.mark.parametrize("echo", [True, False])
@pytest.mark.parametrize("model", MODELS)
def test_every_family_tells_its_imei_and_nothing_is_sent_that_is_not_on_the_list(model, echo):
    modem = Modem(model, imei=IMEI, echo=echo)
    equipment = read(modem)
    assert equipment.imei.value.digits == IMEI
    assert equipment.imsi.value.digits == modem.imsi
    assert isinstance(equipment.model, Read)
    assert equipment.source is Source.AT
    assert set(modem.commands) <= COMMANDS


def test_the_imei_is_asked_for_twice():
    modem = Modem()
    read(modem)
    assert modem.commands.count("AT+CGSN") == 2


@pytest.mark.parametrize(
    "fault",
    [
        faults.Noise(),
        faults.CmeError(),
        faults.SimBusy(2),
        faults.NoSim(),
        faults.PinWanted(),
        faults.Pieces(),
        faults.LateAnswer(seconds=0.3),
        faults.NumericResults(),
        faults.LowerCaseEcho(),
        faults.Chatter(place="before"),
        faults.Chatter(place="inside"),
        faults.Chatter(place="after"),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_a_modem_with_a_bad_habit_still_tells_its_imei(fault):
    assert read(Modem(faults=[fault])).imei.value.digits == IMEI


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (faults.Silent(), Code.MODEM_SILENT),
        (faults.GarbagePort(), Code.MODEM_SILENT),
        (faults.NmeaPort(), Code.MODEM_SILENT),
        (faults.WrongCheckDigit(), Code.MODEM_UNVERIFIED),
        (faults.Imeisv(), Code.MODEM_UNVERIFIED),
        (faults.VanishAfterBytes(10), Code.MODEM_GONE),
        (faults.VanishAtCommand(1), Code.MODEM_GONE),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_read_says_why(fault, code):
    equipment = read(Modem(faults=[fault]))
    assert isinstance(equipment.imei, NotRead)
    assert equipment.imei.code is code


def test_a_missing_sim_is_said_in_words():
    assert "no SIM is inserted" in read(Modem(faults=[faults.NoSim()])).imsi.why


@pytest.mark.parametrize("count", range(0, 400, 13))
def test_unplugged_at_any_point_the_result_is_clear(count):
    equipment = read(Modem(faults=[faults.VanishAfterBytes(count)]))
    for reading in (equipment.imei, equipment.imsi, equipment.model):
        assert isinstance(reading, Read) or reading.code in {Code.MODEM_GONE, Code.MODEM_NO_PORT, Code.MODEM_SILENT}


@pytest.mark.parametrize(
    ("port", "code"),
    [("/nowhere/ttyUSB0", Code.MODEM_NO_PORT), ("/dev/null", Code.MODEM_NO_PORT), ("/etc", Code.MODEM_NO_PORT)],
)
def test_a_port_that_is_none_is_said(port, code):
    assert read_equipment(ModemSettings(port=port)).imei.code is code


def test_a_port_that_somebody_claimed_is_left_alone_and_an_unclaimed_one_is_given_back():
    modem = Modem()
    with ModemOnPty(modem) as plugged:
        settings = ModemSettings(port=str(plugged.path))
        other = os.open(plugged.path, os.O_RDWR | os.O_NOCTTY)
        before = termios.tcgetattr(other)
        fcntl.ioctl(other, termios.TIOCEXCL)
        assert read_equipment(settings, limits=QUICK).imei.code is Code.MODEM_BUSY
        fcntl.ioctl(other, termios.TIOCNXCL)
        fcntl.flock(other, fcntl.LOCK_EX)
        assert read_equipment(settings, limits=QUICK).imei.code is Code.MODEM_BUSY
        fcntl.flock(other, fcntl.LOCK_UN)
        assert modem.commands == []
        assert isinstance(read_equipment(settings, limits=QUICK).imei, Read)
        assert termios.tcgetattr(other) == before
        assert isinstance(read_equipment(settings, limits=QUICK).imei, Read)
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


def usb(system, tty, interface, driver="option", udev="", number="188:0"):
    device = system / f"sys/devices/usb1/1-1/1-1:1.{interface}/{tty}"
    device.mkdir(parents=True)
    (device.parent / "bInterfaceNumber").write_text(f"{interface:02x}\n")
    drivers = system / f"sys/bus/drivers/{driver}"
    drivers.mkdir(parents=True, exist_ok=True)
    (device / "driver").symlink_to(drivers)
    place = system / f"sys/class/tty/{tty}"
    place.mkdir(parents=True)
    (place / "device").symlink_to(device)
    (place / "dev").write_text(number)
    database = system / "run/udev/data"
    database.mkdir(parents=True, exist_ok=True)
    (database / f"c{number}").write_text("".join(f"E:{name}=1\n" for name in udev.split()))


def test_ports_are_found_and_ordered_by_what_is_known_of_them(tmp_path):
    usb(tmp_path, "ttyUSB0", 0, udev="ID_MM_PORT_TYPE_QCDM", number="188:0")
    usb(tmp_path, "ttyUSB1", 1, udev="ID_MM_PORT_TYPE_GPS", number="188:1")
    usb(tmp_path, "ttyUSB3", 3, udev="ID_MM_PORT_TYPE_AT_SECONDARY", number="188:3")
    usb(tmp_path, "ttyUSB2", 2, udev="ID_MM_PORT_TYPE_AT_PRIMARY", number="188:2")
    usb(tmp_path, "ttyUSB4", 4, udev="ID_MM_PORT_TYPE_AT_PPP", number="188:4")
    usb(tmp_path, "ttyACM0", 5, number="166:0")
    usb(tmp_path, "ttyUSB9", 9, driver="ftdi_sio", number="188:9")
    assert [one.path for one in candidates(tmp_path)] == [
        f"{tmp_path}/dev/{n}" for n in ("ttyUSB2", "ttyUSB3", "ttyACM0", "ttyUSB4")
    ]


def test_a_port_has_the_name_of_the_socket_it_is_plugged_into(tmp_path):
    usb(tmp_path, "ttyUSB0", 0)
    by_path = tmp_path / "dev/serial/by-path"
    by_path.mkdir(parents=True)
    (by_path / "platform-usb-0:1:1.0-port0").symlink_to("../../ttyUSB0")
    assert [one.path for one in candidates(tmp_path)] == [f"{by_path}/platform-usb-0:1:1.0-port0"]


def test_no_ports_are_no_candidates(tmp_path):
    assert candidates(tmp_path) == ()
