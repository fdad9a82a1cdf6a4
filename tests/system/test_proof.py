"""What was applied is kept only where a process that starts now reaches the service, and the agent's units run on."""

import pytest
from cell import USERDATA
from images import BOTH
from machine import SETTINGS

pytestmark = pytest.mark.parametrize("debian", BOTH, ids="-".join)

CUT_OFF = """\
hostname: gw-cut-off
runcmd:
  - mkdir -p /etc/systemd/system/service.d
  - printf '[Service]\\nPrivateNetwork=yes\\n' >/etc/systemd/system/service.d/10-private.conf
  - systemctl daemon-reload
"""
STOPS = """\
hostname: gw-stops
runcmd: ["systemctl stop kitting-apply.path kitting-proof.path"]
"""


@pytest.fixture
def machine(gateway):
    machine = gateway(userdata=USERDATA, settings=SETTINGS.replace('confirm_within = "1h"', 'confirm_within = "10s"'))
    machine.cell.ready()
    machine.boot()
    machine.until_state("provisioned")
    return machine


def test_what_cuts_off_only_the_next_process_is_taken_back(machine):
    before = machine.run("hostname").strip()
    machine.cell.set_userdata(CUT_OFF)
    machine.run("kitting-agent", "reprovision")
    machine.until("its error", lambda: machine.cell.tags.get("kitting_error", ""), lambda text: "unconfirmed" in text)
    assert machine.run("hostname").strip() == before


def test_the_agents_units_run_once_a_document_that_stops_them_has_ended(machine):
    machine.cell.set_userdata(STOPS)
    machine.run("kitting-agent", "reprovision")
    machine.until_state("rolled_back")
    units = ("kitting-agent.service", "kitting-apply.path", "kitting-proof.path")
    assert {machine.property(unit, "ActiveState") for unit in units} == {"active"}
    machine.cell.set_userdata("hostname: gw-corrected\n")
    machine.run("kitting-agent", "reprovision")
    machine.until("the name", lambda: machine.run("hostname").strip(), lambda name: name == "gw-corrected")
