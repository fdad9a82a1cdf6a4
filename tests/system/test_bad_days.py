"""Story 7: a full disk, a read-only one, a clock at 1970, no modem, a late modem, and ModemManager beside it."""

from pathlib import Path

import pytest
from cell import IMEI, USERDATA
from machine import SETTINGS

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
OFTEN = SETTINGS.replace('interval = "1h"', 'interval = "10s"')


def booted(gateway, **how):
    machine = gateway(**how)
    machine.cell.ready()
    machine.boot()
    return machine


def test_a_full_disk_changes_nothing_and_is_said(gateway):
    machine = booted(gateway)
    machine.until_state("provisioned")
    machine.run(
        "sh",
        "-c",
        "mkdir /etc/full && mount -t tmpfs -o size=64k none /etc/full && dd if=/dev/zero of=/etc/full/x || true",
    )
    machine.cell.set_userdata(
        USERDATA.replace("services:", f"  - path: /etc/full/y\n    content: {'y' * 4000}\nservices:").replace(
            "= 1", "= 2"
        )
    )
    machine.run("kitting-agent", "reprovision")
    machine.until_state("failed", 60)
    assert machine.cell.tags["kitting_error"].startswith("apply.no_space")
    assert "round = 1" in machine.run("cat", "/etc/telemetry.conf")


def test_a_disk_that_is_read_only_is_survived_and_used_as_soon_as_it_is_not(gateway):
    machine = gateway(settings=OFTEN)
    machine.cell.plug_modem_in()
    machine.boot()
    machine.run("mount", "-o", "remount,ro", "/")
    machine.cell.start_names()
    machine.cell.link_up()
    machine.until(
        lambda: any("read-only" in line["MESSAGE"].lower() for line in machine.journal("-u", "kitting-agent")),
        90,
        "it is said",
    )
    assert machine.property("kitting-agent.service", "ActiveState") == "active"
    machine.run("mount", "-o", "remount,rw", "/")
    machine.run("systemctl", "kill", "-s", "USR1", "--kill-whom=main", "kitting-agent")
    machine.until_state("provisioned", 150)


@pytest.mark.skipif(not FAKETIME.exists(), reason="libfaketime is not installed: sh packaging/host.sh boot")
def test_a_clock_at_1970_is_not_believed(gateway):
    machine = gateway()
    machine.disk.write("/opt/faketime.so", "")
    (machine.disk.root / "opt/faketime.so").write_bytes(FAKETIME.read_bytes())
    machine.amend(
        "kitting-agent.service",
        'Environment=LD_PRELOAD=/opt/faketime.so "FAKETIME=-56y" FAKETIME_DONT_FAKE_MONOTONIC=1',
    )
    machine.cell.ready()
    machine.boot()
    machine.until_state("provisioned", 60)
    assert machine.cell.tags["kitting_at"].startswith("20")


def test_a_gateway_without_a_modem_is_kitted_and_says_what_is_missing(gateway):
    machine = gateway()
    machine.cell.start_names()
    machine.cell.link_up()
    machine.cell.set_userdata("hostname: gw-{{ tags.site }}\n")
    machine.boot()
    machine.until(lambda: "kitting_state" in machine.cell.tags, 60, "it reports")
    tags = machine.cell.tags
    assert tags["kitting_error"].startswith("modem.")
    assert "kitting_imei" not in tags


def test_a_modem_that_comes_after_two_minutes_is_found_and_reported(gateway):
    machine = gateway(settings=OFTEN)
    machine.cell.start_names()
    machine.cell.link_up()
    machine.cell.set_userdata("hostname: gw-{{ tags.site }}\n")
    machine.boot()
    machine.until(lambda: "kitting_error" in machine.cell.tags, 60, "it reports")
    machine.run("sleep", "120", limit_s=150)
    machine.cell.plug_modem_in()
    machine.until(lambda: machine.cell.tags.get("kitting_imei") == IMEI, 90, "the modem is found")
    assert machine.cell.tags["kitting_state"] == "provisioned"


def test_beside_modem_manager_and_network_manager_nothing_is_disturbed(gateway):
    machine = gateway(beside=("ModemManager", "NetworkManager"))
    machine.disk.write("/etc/systemd/system/ModemManager.service.d/here.conf", "[Unit]\nConditionVirtualization=\n")
    machine.disk.write("/etc/NetworkManager/conf.d/here.conf", "[keyfile]\nunmanaged-devices=interface-name:wwan0\n")
    machine.cell.ready()
    machine.boot()
    machine.until_state("provisioned")
    for unit in ("ModemManager.service", "NetworkManager.service", "kitting-agent.service"):
        assert machine.property(unit, "ActiveState") == "active", unit
        assert machine.property(unit, "NRestarts") == "0", unit
    assert machine.cell.tags["kitting_imei"] == IMEI
