"""What the doctor says of a modem, its SIM and its network."""

from dataclasses import replace

import pytest

from agent.errors import Code, Failure
from agent.identity import Equipment, EquipmentSource, Imei, NotRead, Radio, Read, Registration, Signal, SimState
from agent.settings import ApplySettings, MetadataSettings, PathSettings, Settings
from agent.upkeep.doctor import examine
from agent.upkeep.findings import Level

UNKNOWN = NotRead(Code.MODEM_REFUSED, "AT+COPS? was answered: an error")
RADIO = Radio(Read(SimState.READY), Read(Registration.HOME), Read("NTT DOCOMO"), Read(Signal(58, -77)), UNKNOWN)
EQUIPMENT = replace(
    Equipment.unread(Failure(Code.MODEM_SILENT, "x"), "/dev/ttyUSB2"),
    imei=Read(Imei("490154203237518")),
    source=EquipmentSource.AT,
    radio=RADIO,
)


def findings(tmp_path, equipment):
    settings = Settings(
        metadata=MetadataSettings(url="http://127.0.0.1:9", timeout=0.1, patience=0.1),
        apply=ApplySettings(root=tmp_path),
        paths=PathSettings(state=tmp_path, apply=tmp_path),
    )
    return {finding.name: finding for finding in examine(settings, lambda: equipment, tmp_path)}


def test_a_modem_in_order_is_three_good_findings(tmp_path):
    found = findings(tmp_path, EQUIPMENT)
    assert (found["modem"].level, found["modem"].what) == (Level.OK, "IMEI 490154203237518 on /dev/ttyUSB2 (at)")
    assert (found["SIM in the modem"].level, found["SIM in the modem"].what) == (Level.OK, "ready")
    assert (found["network"].level, found["network"].what) == (Level.OK, "at home, NTT DOCOMO, 58 %, -77 dBm")


@pytest.mark.parametrize("state", [state for state in SimState if state is not SimState.READY])
def test_a_sim_that_is_not_ready_is_reported_with_what_to_do(tmp_path, state):
    found = findings(tmp_path, replace(EQUIPMENT, radio=replace(RADIO, sim=Read(state))))["SIM in the modem"]
    assert (found.level, found.what) == (Level.FAULT, state.value)
    assert found.advice


@pytest.mark.parametrize("registration", [Registration.SEARCHING, Registration.DENIED, Registration.IDLE])
def test_a_network_that_is_not_reached_is_a_warning(tmp_path, registration):
    radio = replace(RADIO, registration=Read(registration), operator=UNKNOWN)
    found = findings(tmp_path, replace(EQUIPMENT, radio=radio))["network"]
    assert (found.level, found.what) == (Level.WARNING, f"{registration.value}, 58 %, -77 dBm")


def test_the_number_of_unprogrammed_modules_is_a_warning(tmp_path):
    found = findings(tmp_path, replace(EQUIPMENT, imei=Read(Imei("004999010640000"))))["modem"]
    assert found.level is Level.WARNING
    assert "unprogrammed" in found.what


def test_a_value_that_the_modem_does_not_report_is_no_finding(tmp_path):
    silent = Radio(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)
    assert not {"SIM in the modem", "network"} & set(findings(tmp_path, replace(EQUIPMENT, radio=silent)))
