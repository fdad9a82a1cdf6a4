"""Every port of the gateway's modems, for people and for programs."""

from agent.commands.display.modem import modem_lines, modem_values
from agent.errors import Code, Failure
from agent.identity import Equipment
from agent.modem.candidate import Candidate
from agent.modem.mmcli import ManagedModem
from agent.modem.survey import Survey

SILENT = Equipment.unread(Failure(Code.MODEM_SILENT, "no answer"), "/dev/ttyUSB2")
SURVEY = Survey(
    SILENT,
    (ManagedModem(SILENT, "/sys/devices/modem", ("ttyUSB3", "cdc-wdm0"), ("ttyUSB3",), None),),
    ((Candidate("/dev/ttyUSB2", "ttyUSB2", "/sys/devices/other", (0, "", 2)), SILENT),),
    (),
)


def test_people_see_who_has_which_port_and_each_answer():
    lines = list(modem_lines(SURVEY))
    one = "IMEI not read (modem.silent: no answer) on /dev/ttyUSB2 (none)"
    assert lines[:2] == [
        f"ModemManager  has {one}; its ports: ttyUSB3, cdc-wdm0",
        f"asked         /dev/ttyUSB2: {one}",
    ]
    assert lines[-1] == f"what to do    {Code.MODEM_SILENT.advice}"


def test_programs_get_the_ports_by_modem():
    values = modem_values(SURVEY)
    assert values["modemmanager"][0]["ports"] == ["ttyUSB3", "cdc-wdm0"]
    assert (values["asked"][0]["port"], values["asked"][0]["device"]) == ("/dev/ttyUSB2", "/sys/devices/other")
    assert values["equipment"]["imei"] is None
