"""A pass with another SIM, another device, or a modem that cannot be read."""

import os

import pytest
from rig import IMEI, IMSI, OTHER_IMEI, Rig

from simulator import modem_faults as modem
from simulator.soracom import Switches


def blocked(rig, code_text):
    before = rig.tree()
    code, result = rig.provision()
    assert (code, result["state"], result["failure"]["code"]) == (os.EX_NOPERM, "blocked", code_text)
    assert rig.tree() == before
    assert rig.tags["kitting_state"] == "blocked"
    assert rig.tags["kitting_error"].startswith(code_text)


def test_a_sim_whose_lock_names_another_device_is_blocked(rig):
    rig.platform.change_sim(IMSI, imei_lock=OTHER_IMEI)
    blocked(rig, "binding.lock")
    rig.platform.change_sim(IMSI, imei_lock=f"{IMEI}|ANONYMOUS")
    code, result = rig.provision()
    assert (code, result["state"]) == (os.EX_OK, "provisioned")
    assert rig.tags["kitting_error"] == ""


def test_a_modem_with_another_sim_is_blocked(rig):
    rig.modem.iccid = "8981000000000000025"
    blocked(rig, "binding.sim")


def test_a_sim_that_the_network_sees_in_another_device_is_blocked(tmp_path):
    rig = Rig(tmp_path / "gw", Switches(session_imei="other"))
    try:
        blocked(rig, "binding.network")
    finally:
        rig.close()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (modem.Silent(), "modem.silent"),
        (modem.GarbagePort(), "modem."),
        (modem.NmeaPort(), "modem."),
        (modem.WrongCheckDigit(), "modem.unverified"),
        (modem.Imeisv(), "modem.unverified"),
        (modem.VanishAtCommand(1), "modem."),
        (modem.VanishAfterBytes(10), "modem."),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_gateway_with_an_unreadable_modem_is_configured(rig, fault, error):
    rig.modem.faults = (fault,)
    code, result = rig.provision()
    assert (code, result["state"], result["equipment"]["imei"]) == (os.EX_OK, "provisioned", None)
    assert result["equipment"]["imei_not_read"].startswith(error)
    assert "kitting_imei" not in rig.tags
    assert rig.tags["kitting_error"].startswith(error)
    assert (rig.gateway.root / "etc/telemetry/telemetry.conf").read_text() == "imei = unknown\n"


def test_a_missing_modem_is_reported(rig):
    rig.gateway.modem.unplug()
    code, result = rig.provision()
    assert (code, result["equipment"]["imei_not_read"].split(":")[0]) == (os.EX_OK, "modem.no_port")
