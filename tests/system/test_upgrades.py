"""Story 6: packages over packages, also in the middle of an apply; and nothing is left by a purge."""

import shutil

import pytest
from cell import IMEI, USERDATA
from conftest import build

SLOW = USERDATA.replace("round = 1", "round = 2") + 'runcmd:\n  - [sleep, "6"]\n'
LEFT = (
    "/var/lib/kitting-agent",
    "/var/lib/kitting-apply",
    "/etc/kitting-agent",
    "/run/kitting-agent",
    "/usr/lib/kitting-agent",
)


@pytest.fixture(scope="session")
def next_package(place):
    return build(place, "0.2.0")


@pytest.fixture
def machine(gateway, package, next_package):
    machine = gateway()
    for each in (package, next_package):
        shutil.copy(each, machine.disk.root / "opt")
    machine.cell.ready()
    machine.boot()
    machine.until_state("provisioned")
    return machine


def install(machine, version: str, *options: str) -> None:
    words = ("apt-get", "install", "-y", "-o", "Dpkg::Options::=--force-confold", *options)
    machine.run(*words, f"/opt/kitting-agent_{version}_all.deb")


def test_an_upgrade_in_the_middle_of_an_apply_ends_it_and_keeps_the_state(machine):
    machine.cell.set_userdata(SLOW)
    machine.run("kitting-agent", "reprovision")
    machine.until(lambda: "round = 2" in machine.disk.read("/etc/telemetry.conf"), 60, "the file is written")
    install(machine, "0.2.0")
    machine.until(lambda: machine.cell.tags["kitting_agent"] == "0.2.0", 120, "the new one reports")
    machine.until_state("provisioned")
    assert "round = 2" in machine.run("cat", "/etc/telemetry.conf")
    assert machine.run("kitting-agent", "--version") == "kitting-agent 0.2.0\n"
    assert machine.run("systemctl", "is-system-running").strip() == "running"
    assert "/opt/modem/at" in machine.run("cat", "/etc/kitting-agent/agent.toml"), "the settings are kept"


def test_a_downgrade_changes_nothing_on_the_gateway(machine):
    install(machine, "0.2.0")
    machine.until(lambda: machine.cell.tags["kitting_agent"] == "0.2.0", 60, "the new one reports")
    service = machine.property("telemetry.service", "InvocationID")
    install(machine, "0.1.0", "--allow-downgrades")
    machine.until(lambda: machine.cell.tags["kitting_agent"] == "0.1.0", 60, "the old one reports")
    assert (machine.status()["state"], machine.status()["imei"]) == ("provisioned", IMEI)
    assert machine.property("telemetry.service", "InvocationID") == service


def test_removing_keeps_what_was_configured_and_purging_leaves_nothing_of_the_agent(machine):
    machine.run("apt-get", "remove", "-y", "kitting-agent")
    assert machine.disk.exists("/var/lib/kitting-agent/state.json")
    machine.run("apt-get", "purge", "-y", "kitting-agent")
    assert [path for path in LEFT if machine.ask("test", "-e", path).returncode == 0] == []
    assert machine.ask("getent", "passwd", "kitting-agent").returncode != 0
    assert machine.ask("systemctl", "list-unit-files", "--no-legend", "kitting-*").stdout == ""
    assert "round = 1" in machine.run("cat", "/etc/telemetry.conf")
    assert machine.run("hostname").strip() == "gw-tokyo"
    found = machine.ask(
        "find", "/etc", "/var", "/usr", "-xdev", "-name", "*kitting*", "-not", "-path", "/var/log/*"
    ).stdout
    assert [line for line in found.split() if "systemd/system" not in line and "timesyncd" not in line] == []
