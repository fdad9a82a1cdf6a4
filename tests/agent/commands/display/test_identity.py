"""SIM, modem and verdict, for people and for programs."""

from agent.commands.display.identity import equipment_line, identity_lines, identity_values
from agent.errors import Code, Failure
from agent.identity import (
    Equipment,
    EquipmentSource,
    Iccid,
    Imei,
    Imsi,
    NotRead,
    Radio,
    Read,
    Registration,
    Signal,
    SimState,
    Subscriber,
)
from agent.provision.binding import verdict

IMEI, IMSI, ICCID = "490154203237518", "001010000000001", "8981000000000000017"
SUBSCRIBER = Subscriber(Imsi(IMSI), sim_id=ICCID, iccid=Iccid(ICCID), tags={"site": "tokyo", "empty": ""})
SILENT = NotRead(Code.MODEM_SILENT, "no answer")
RADIO = Radio(Read(SimState.READY), Read(Registration.HOME), Read("Docomo"), Read(Signal(80, -71)), SILENT)
EQUIPMENT = Equipment(
    Read(Imei(IMEI)),
    Read(Imsi(IMSI)),
    SILENT,
    Read("Q"),
    Read("EC25"),
    Read("1"),
    "/dev/ttyUSB2",
    EquipmentSource.AT,
    RADIO,
)


def test_people_see_both_numbers_of_each_witness():
    lines = list(identity_lines(SUBSCRIBER, EQUIPMENT, verdict(SUBSCRIBER, EQUIPMENT)))
    assert lines[:5] == [
        f"SIM           {ICCID}",
        f"IMSI          {IMSI}",
        "status        ?, speed class ?",
        "group         none",
        "tags          site=tokyo",
    ]
    assert f"modem's IMEI  {IMEI}" in lines
    assert "modem's ICCID not read (modem.silent: no answer)" in lines
    assert "registration  at home" in lines
    assert lines[-5:] == [
        "binding       match: SIM and device agree: IMSI",
        f"{'':<13} ICCID: cannot be compared (? / {ICCID})",
        f"{'':<13} IMSI: agrees ({IMSI} / {IMSI})",
        f"{'':<13} session IMEI: cannot be compared ({IMEI} / ?)",
        f"{'':<13} IMEI lock: cannot be compared ({IMEI} / ?)",
    ]


def test_programs_get_each_value_or_why_it_was_not_read():
    values = identity_values(SUBSCRIBER, EQUIPMENT, verdict(SUBSCRIBER, EQUIPMENT))
    assert (values["equipment"]["imei"], values["equipment"]["iccid"]) == (IMEI, None)
    assert values["equipment"]["iccid_not_read"] == "modem.silent: no answer"
    assert values["equipment"]["radio"]["signal"] == {"percent": 80, "dbm": -71}
    assert values["equipment"]["radio"]["own_number_not_read"] == "modem.silent: no answer"
    assert (values["binding"]["verdict"], values["binding"]["code"]) == ("match", None)
    assert values["binding"]["witnesses"][1] == {"name": "IMSI", "modem": IMSI, "platform": IMSI, "agrees": True}


def test_a_contradiction_has_its_code():
    other = Subscriber(Imsi("001010000000002"))
    values = identity_values(other, EQUIPMENT, verdict(other, EQUIPMENT))
    assert (values["binding"]["verdict"], values["binding"]["code"]) == ("mismatch", "binding.sim")


def test_a_service_that_does_not_answer_is_shown_with_what_to_do():
    failure = Failure(Code.METADATA_TIMEOUT, "no answer within 1 s")
    assert list(identity_lines(failure, EQUIPMENT, None))[:2] == [
        "SIM           not known: metadata.timeout: no answer within 1 s",
        f"              → {Code.METADATA_TIMEOUT.advice}",
    ]
    values = identity_values(failure, EQUIPMENT, None)
    assert (values["subscriber"], values["subscriber_not_read"]["code"], values["binding"]) == (
        None,
        "metadata.timeout",
        None,
    )


def test_a_modem_is_one_line():
    assert equipment_line(EQUIPMENT) == f"EC25, IMEI {IMEI} on /dev/ttyUSB2 (at)"
    unread = Equipment.unread(Failure(Code.MODEM_NO_PORT, "none"))
    assert equipment_line(unread) == "IMEI not read (modem.no_port: none) on no port (none)"
