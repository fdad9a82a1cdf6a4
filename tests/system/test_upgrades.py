"""Story 6: packages over packages, also in the middle of an apply; and nothing is left by a purge."""

import shutil
from threading import Thread

import pytest
from cell import IMEI, USERDATA
from hold import COMMAND, Hold
from images import BOTH, build_package
from waiting import joined

pytestmark = pytest.mark.parametrize("debian", BOTH, ids="-".join)

LOOK = "kitting-agent --version >/root/version-after-the-hold"
HELD = USERDATA.replace("round = 1", "round = 2") + f"runcmd:\n  - {COMMAND}\n  - {LOOK}\n"
NEXT = "9.0.0"
OUTPUT, WAITS = "/root/installation", "an apply is under way; apt waits for its end"
LEFT = (
    "/var/lib/kitting-agent",
    "/var/lib/kitting-apply",
    "/etc/kitting-agent",
    "/run/kitting-agent",
    "/run/kitting-light",
    "/usr/lib/kitting-agent",
)


@pytest.fixture(scope="session")
def next_package(this_run):
    return build_package(this_run, NEXT)


def version_of(package):
    return package.name.split("_")[1]


@pytest.fixture
def machine(gateway, package, next_package):
    machine = gateway()
    for each in (package, next_package):
        shutil.copy(each, machine.disk.root / "opt")
    machine.cell.ready()
    machine.boot()
    machine.until_state("provisioned")
    return machine


def installation(version: str, *options: str) -> str:
    """What a person types; its output goes to a file."""
    words = ("apt-get", "install", "-y", "-o", "Dpkg::Options::=--force-confold", *options)
    return f"{' '.join(words)} /opt/kitting-agent_{version}_all.deb >{OUTPUT} 2>&1"


def install(machine, version: str, *options: str) -> None:
    machine.run("sh", "-c", installation(version, *options))


def test_an_upgrade_in_the_middle_of_an_apply_waits_for_its_end_and_keeps_the_state(machine, package):
    hold = Hold(machine)
    machine.cell.set_userdata(HELD)
    machine.run("kitting-agent", "reprovision")
    hold.until_reached()
    installing = Thread(target=install, args=(machine, NEXT))
    installing.start()

    def waits_or_has_ended():
        return WAITS in machine.disk.text(OUTPUT) or not installing.is_alive()

    machine.until(
        "the upgrade waits or has ended", lambda: WAITS in machine.disk.text(OUTPUT) or not installing.is_alive()
    )
    assert installing.is_alive()
    hold.release()
    joined(installing)
    machine.until_tag("kitting_agent", lambda tag: tag == NEXT)
    machine.until_state("provisioned")
    assert machine.run("cat", "/root/version-after-the-hold") == f"kitting-agent {version_of(package)}\n"
    assert "round = 2" in machine.run("cat", "/etc/telemetry.conf")
    assert machine.run("kitting-agent", "--version") == f"kitting-agent {NEXT}\n"
    assert machine.failed_units() == ""
    assert "/opt/modem/at" in machine.run("cat", "/etc/kitting-agent/agent.toml"), "the settings are kept"


def test_an_upgrade_that_the_document_asks_for_does_not_wait_for_itself(machine):
    machine.cell.set_userdata(USERDATA.replace("round = 1", "round = 2") + f'runcmd:\n  - "{installation(NEXT)}"\n')
    machine.run("kitting-agent", "reprovision")
    machine.until_tag("kitting_agent", lambda tag: tag == NEXT)
    machine.until_state("provisioned")
    assert "round = 2" in machine.run("cat", "/etc/telemetry.conf")
    assert WAITS not in machine.disk.text(OUTPUT)


def test_a_downgrade_changes_nothing_on_the_gateway(machine, package):
    install(machine, NEXT)
    machine.until_tag("kitting_agent", lambda tag: tag == NEXT)
    service = machine.property("telemetry.service", "InvocationID")
    install(machine, version_of(package), "--allow-downgrades")
    machine.until_tag("kitting_agent", lambda tag: tag == version_of(package))
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
