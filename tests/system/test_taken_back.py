"""Units that a configuration stopped, started or masked are again as they were, once it is taken back."""

import pytest
from cell import USERDATA
from images import BOTH
from machine import SETTINGS

pytestmark = pytest.mark.parametrize("debian", BOTH, ids="-".join)

DIALER = """\
[Service]
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
"""
SERVICES = "services: {mask: [dialer.service], start: [sleeper.service], stop: [walker.service]}\n"
FAILS = SERVICES.replace("sleeper.service", "sleeper.service, broken.service")


def states(machine):
    """Of each unit: whether it is active, and whether it is enabled."""
    units = ("dialer.service", "sleeper.service", "walker.service")
    return {unit: tuple(machine.property(unit, name) for name in ("ActiveState", "UnitFileState")) for unit in units}


@pytest.fixture
def machine(gateway):
    machine = gateway(userdata=USERDATA, settings=SETTINGS)
    for unit in ("dialer", "sleeper", "walker"):
        machine.disk.write(f"/usr/lib/systemd/system/{unit}.service", DIALER)
    machine.disk.write("/usr/lib/systemd/system/broken.service", "[Service]\nExecStart=/bin/false\n")
    machine.cell.ready()
    machine.boot()
    machine.until_state("provisioned")
    machine.run("systemctl", "enable", "--now", "dialer.service", "walker.service")
    return machine


BEFORE = {
    "dialer.service": ("active", "enabled"),
    "sleeper.service": ("inactive", "disabled"),
    "walker.service": ("active", "enabled"),
}


def test_a_configuration_that_fails_leaves_the_units_as_they_were(machine):
    assert states(machine) == BEFORE
    machine.cell.set_userdata("hostname: gw-tokyo\n" + FAILS)
    machine.run("kitting-agent", "reprovision")
    machine.until_state("failed")
    assert "broken.service" in machine.cell.tags["kitting_error"]
    assert states(machine) == BEFORE


def test_a_configuration_that_no_longer_names_the_units_leaves_them_as_they_were(machine):
    machine.cell.set_userdata("hostname: gw-one\n" + SERVICES)
    machine.run("kitting-agent", "reprovision")
    machine.until("the first name", lambda: machine.run("hostname").strip(), lambda name: name == "gw-one")
    machine.until_state("provisioned")
    assert states(machine) == {
        "dialer.service": ("inactive", "masked"),
        "sleeper.service": ("active", "disabled"),
        "walker.service": ("inactive", "enabled"),
    }
    machine.cell.set_userdata("hostname: gw-two\n")
    machine.run("kitting-agent", "reprovision")
    machine.until("the second name", lambda: machine.run("hostname").strip(), lambda name: name == "gw-two")
    machine.until_state("provisioned")
    assert states(machine) == BEFORE
