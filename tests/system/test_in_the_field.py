"""Stories 4 and 5: a document that cuts the gateway off is undone by itself; a change touches only what changed."""

from cell import TOWER, USERDATA
from machine import SETTINGS

UPLINK = f"""\
[Unit]
Before=kitting-agent.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'ip route del default; grep -q up /etc/uplink.conf && ip route add default via {TOWER}; true'
ExecStart=/bin/sh -c 'ip route show default | wc -l >>/root/default-routes'
[Install]
WantedBy=multi-user.target
"""
CONNECTED = USERDATA.replace(
    "services:", "  - path: /etc/uplink.conf\n    content: up\n    restart: [uplink.service]\nservices:"
)
SOON_UNDONE = SETTINGS.replace('confirm_within = "1h"', 'confirm_within = "15s"')
"""For a document that cannot be confirmed: the time until it is undone."""


def provisioned(gateway, userdata):
    machine = gateway(userdata=userdata)
    machine.disk.write("/etc/systemd/system/uplink.service", UPLINK)
    machine.cell.ready()
    machine.boot()
    machine.until_state("provisioned")
    return machine


def test_a_document_that_takes_the_link_away_is_undone_and_reported(gateway):
    machine = provisioned(gateway, CONNECTED)
    before = machine.cell.tags["kitting_config"]
    machine.cell.set_userdata(CONNECTED.replace("content: up", "content: down").replace("round = 1", "round = 2"))
    machine.disk.write("/etc/kitting-agent/agent.toml", SOON_UNDONE)
    machine.run("kitting-agent", "reprovision")
    machine.until_state("rolled_back")
    tags = machine.cell.tags
    assert tags["kitting_error"].startswith("apply.unconfirmed")
    assert tags["kitting_config"] == before
    assert machine.run("cat", "/etc/uplink.conf") == "up"
    assert "round = 1" in machine.run("cat", "/etc/telemetry.conf")
    assert machine.run("cat", "/root/default-routes").split() == ["1", "0", "1"]
    assert machine.failed_units() == ""


def test_a_change_of_the_group_restarts_only_what_changed(gateway):
    machine = provisioned(gateway, CONNECTED)
    services = {unit: machine.property(unit, "InvocationID") for unit in ("telemetry.service", "uplink.service")}
    machine.cell.set_userdata(CONNECTED.replace("round = 1", "round = 2"))
    before = machine.cell.tags["kitting_config"]
    machine.run("kitting-agent", "reprovision")
    machine.until_tag("kitting_config", lambda tag: tag != before)
    assert "round = 2" in machine.run("cat", "/etc/telemetry.conf")
    assert machine.property("telemetry.service", "InvocationID") != services["telemetry.service"]
    assert machine.property("uplink.service", "InvocationID") == services["uplink.service"]
