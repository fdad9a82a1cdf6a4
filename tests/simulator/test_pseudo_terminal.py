import os
from pathlib import Path

import pytest
import serial
from waiting import PATIENCE_S

from simulator import modem_faults as faults
from simulator.model_files import load_model
from simulator.modem import Modem
from simulator.pseudo_terminal import ModemOnPty


def ask(port, command, until=b"OK\r\n"):
    port.write(command.encode() + b"\r")
    return port.read_until(until)


def opened(modem):
    return serial.Serial(str(modem.path), timeout=PATIENCE_S, exclusive=True)


@pytest.fixture
def link(tmp_path):
    return tmp_path / "ttyMODEM"


def test_a_program_talks_to_the_modem(link):
    with ModemOnPty(Modem(load_model()), link) as modem, opened(modem) as port:
        assert ask(port, "AT+CGSN") == b"AT+CGSN\r\r\n490154203237518\r\n\r\nOK\r\n"


def test_programs_come_and_go(link):
    with ModemOnPty(Modem(load_model(), echo=False), link) as modem:
        for _ in range(3):
            with opened(modem) as port:
                assert ask(port, "AT") == b"\r\nOK\r\n"


def test_the_line_itself_changes_no_byte(link):
    with ModemOnPty(Modem(load_model()), link) as modem:
        descriptor = os.open(modem.path, os.O_RDWR | os.O_NOCTTY)
        try:
            os.write(descriptor, b"\x03AT\x04\x13\r")
            received = b""
            while not received.endswith(b"\r"):
                received += os.read(descriptor, 100)
            assert received == b"\x03AT\x04\x13\r"
        finally:
            os.close(descriptor)


def without_echo(*wrong):
    return Modem(load_model(), echo=False, faults=wrong)


def test_a_late_answer_delays_no_other_line(link):
    late = faults.LateAnswer("+CGSN", PATIENCE_S)
    with ModemOnPty(without_echo(late), link) as modem, opened(modem) as port:
        port.write(b"AT+CGSN\r")
        assert ask(port, "AT+CIMI") == b"\r\n001010000000001\r\n\r\nOK\r\n"


def test_a_late_answer_comes(link):
    with ModemOnPty(without_echo(faults.LateAnswer("+CGSN", 0.1)), link) as modem, opened(modem) as port:
        assert ask(port, "AT+CGSN") == b"\r\n490154203237518\r\n\r\nOK\r\n"


def test_pieces_arrive_in_their_order(link):
    with (
        ModemOnPty(Modem(load_model("simcom-sim7600"), faults=[faults.Pieces(1, 0.0002)]), link) as modem,
        opened(modem) as port,
    ):
        port.reset_input_buffer()
        assert b"IMEI: 490154203237518\r\n" in ask(port, "ATI")


def test_unplugging_takes_the_port_away_from_who_has_it_open(link):
    with ModemOnPty(Modem(load_model()), link) as modem, opened(modem) as port:
        ask(port, "AT")
        modem.unplug()
        with pytest.raises((serial.SerialException, OSError)):
            ask(port, "AT")
        assert not os.path.lexists(link)


def test_a_modem_that_vanishes_by_itself_can_be_plugged_in_again(link):
    with ModemOnPty(Modem(load_model(), faults=[faults.VanishAtCommand(1)]), link) as modem:
        with opened(modem) as port:
            port.write(b"AT\r")
            with pytest.raises((serial.SerialException, OSError)):
                port.read()
        modem.plug_in()
        with opened(modem) as port:
            assert ask(port, "AT").endswith(b"\r\nOK\r\n")


def test_an_nmea_port_talks_without_being_asked(link):
    with ModemOnPty(Modem(load_model(), faults=[faults.NmeaPort()]), link) as modem, opened(modem) as port:
        assert port.read_until(b"\r\n").startswith(b"$GPGGA,")


def test_a_report_can_be_sent_at_any_time(link):
    with ModemOnPty(Modem(load_model()), link) as modem, opened(modem) as port:
        modem.say(b"\r\nRING\r\n")
        assert port.read_until(b"RING\r\n") == b"\r\nRING\r\n"


def test_output_that_is_not_read_stops_nothing(link):
    with ModemOnPty(Modem(load_model()), link) as modem:
        for _ in range(200):
            modem.say(b"\r\n+CREG: 1\r\n" * 20)
        with opened(modem) as port:
            assert b"490154203237518" in ask(port, "AT+CGSN")


def test_a_link_left_over_by_a_killed_simulator_is_replaced(link):
    link.symlink_to("/dev/pts/4000")
    with ModemOnPty(Modem(load_model()), link) as modem, opened(modem) as port:
        assert ask(port, "AT").endswith(b"OK\r\n")


def test_a_file_that_is_no_link_of_ours_is_left_alone(link):
    link.write_text("precious")
    with pytest.raises(FileExistsError):
        ModemOnPty(Modem(load_model()), link).plug_in()
    assert link.read_text() == "precious"


def test_without_a_link_it_makes_its_own_place():
    with ModemOnPty(Modem(load_model())) as modem:
        path = modem.path
        with opened(modem) as port:
            assert ask(port, "AT").endswith(b"OK\r\n")
    assert not path.parent.exists()


def test_nothing_is_left_open(link):
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        with ModemOnPty(Modem(load_model()), link) as modem:
            modem.unplug()
            modem.plug_in()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
