"""The commands that are sent to one modem, and what is read from their answers."""

from simulated_ports import PATIENT

from agent.errors import Code, Failure
from agent.identity import Equipment
from agent.modem.asking import read_port
from agent.modem.reading import read_equipment
from agent.settings import ModemSettings
from simulator.model_files import load_model
from simulator.modem import Modem
from simulator.pseudo_terminal import ModemOnPty

IMEI = "490154203237518"


def read(modem, limits=PATIENT, **wanted):
    with ModemOnPty(modem) as plugged:
        return read_equipment(ModemSettings(port=str(plugged.path)), limits=limits, **wanted)


def test_the_imei_is_asked_for_twice():
    modem = Modem(load_model())
    read(modem)
    assert modem.commands.count("AT+CGSN") == 2


def test_a_pass_asks_for_nothing_that_it_does_not_need():
    modem = Modem(load_model())
    assert read(modem).radio is None
    assert not {"AT+CSQ", "AT+COPS?", "AT+CNUM"} & set(modem.commands)


def test_an_imei_that_changes_between_two_readings_is_not_accepted():
    modem = Modem(load_model(), imei=IMEI)
    feed = modem.feed

    def changed(data):
        if b"GSN" in data or b"ATI" in data:
            modem.imei = "356938035643809" if modem.imei == IMEI else IMEI
        return feed(data)

    modem.feed = changed
    imei = read(modem).imei
    assert imei.code is Code.MODEM_UNVERIFIED
    assert "another number the second time" in imei.why


def test_a_port_that_cannot_be_opened_is_the_reason_of_every_value():
    found = read_port("/nowhere/ttyUSB0", 9600, PATIENT, lambda _: None, radio=True)
    assert found == Equipment.unread(
        Failure(Code.MODEM_NO_PORT, "this port does not exist", where=found.port), found.port
    )
