"""Story 1: a gateway that was flashed with the image is switched on for the first time."""

import pytest
from cell import IMEI, IMSI
from images import ARMHF, BOTH


@pytest.mark.parametrize("debian", BOTH, ids="-".join)
def test_a_first_boot_with_a_late_link_ends_provisioned(gateway):
    machine = gateway()
    machine.cell.plug_modem_in()
    machine.cell.start_names(answering=False)
    machine.boot()
    assert machine.failed_units() == "", "up, while the link is still to come"
    assert machine.property("ssh.service", "ActiveState") == "active"
    assert machine.property("kitting-agent.service", "ActiveState") == "active", "READY was seen"
    machine.cell.link_up()
    machine.cell.until_name_is_asked()
    assert "kitting_state" not in machine.cell.tags
    machine.cell.answer_names()
    machine.until_state("provisioned")
    tags = machine.cell.tags
    assert (tags["kitting_imei"], tags["site"]) == (IMEI, "tokyo")
    assert machine.run("hostname").strip() == "gw-tokyo"
    assert machine.run("stat", "-c", "%U:%G %a", "/etc/telemetry.conf").strip() == "root:root 640"
    assert machine.run("cat", "/etc/telemetry.conf") == f"imei = {IMEI}\nround = 1\n"
    assert machine.run("readlink", "/etc/localtime").strip() == "/usr/share/zoneinfo/Asia/Tokyo"
    assert machine.property("telemetry.service", "ActiveState") == "active"
    assert machine.failed_units() == ""
    assert machine.status()["state"] == "provisioned"
    machine.until_property("kitting-agent.service", "StatusText", lambda text: text.startswith("provisioned"))
    assert machine.property("kitting-agent.service", "NRestarts") == "0"


def test_the_journal_has_the_fields_of_each_pass(gateway):
    machine = gateway()
    machine.cell.ready()
    machine.boot()
    machine.until_state("provisioned")
    (ended,) = machine.until("it is said", lambda: machine.journal("-u", "kitting-agent", "STATE=provisioned"))
    assert (ended["IMSI"], ended["IMEI"]) == (IMSI, IMEI)
    assert ended["CONFIG"] == machine.cell.tags["kitting_config"]


BOOT = {
    "kitting-agent.service": {"shutdown.target", "multi-user.target"},
    "kitting-apply.service": {"shutdown.target", "multi-user.target"},
    "kitting-recover.service": {"shutdown.target", "network-pre.target", "basic.target", "kitting-apply.service"},
}
"""What comes after each; the recovery does nothing unless a journal lies there, and has a limit."""


def test_nothing_that_a_person_needs_waits_for_the_agent(gateway):
    machine = gateway()
    machine.boot()
    for unit, after in BOOT.items():
        assert set(machine.property(unit, "Before").split()) == after, unit
    assert machine.property("kitting-recover.service", "ConditionResult") == "no"
    assert machine.property("kitting-recover.service", "TimeoutStartUSec") == "1min"
    assert "kitting" not in machine.run("systemd-analyze", "critical-chain", "ssh.service")


EMULATED = "[Service]\nPrivateUsers=no\nPrivateIPC=no\nPrivateNetwork=no\n"
"""The name spaces that qemu's user emulation cannot make; the tests on amd64 show that they hold."""


@pytest.mark.parametrize("debian", [ARMHF], ids="-".join)
def test_a_gateway_of_armv7_kits_itself(gateway):
    machine = gateway()
    for unit in ("kitting-agent", "kitting-apply", "kitting-recover"):
        machine.disk.write(f"/etc/systemd/system/{unit}.service.d/emulated.conf", EMULATED)
    machine.cell.ready()
    machine.boot()
    machine.ask("systemd-tmpfiles", "--create")
    machine.until_state("provisioned")
    assert machine.run("uname", "-m").strip() == "armv7l"
    assert machine.run("hostname").strip() == "gw-tokyo"
    assert machine.status()["imei"] == IMEI
