"""What the document's keys do to a real Debian: accounts, kernel parameters, units, commands; and all taken back."""

import pytest
from images import BOTH
from machine import SETTINGS

pytestmark = pytest.mark.parametrize("debian", BOTH, ids="-".join)

EVERY_KEY = """\
hostname: gw-{{ tags.site }}
users:
  - name: operator
    uid: 1500
    groups: [dialout]
    ssh_authorized_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f op]
sysctl: {net.ipv4.ip_default_ttl: 65}
environment:
  - path: /etc/default/gateway
    identity: true
    tags: [site]
units:
  - name: telemetry.service
    dropins:
      - {name: 10-environment.conf, content: "[Service]\\nEnvironmentFile=/etc/default/gateway\\n"}
    enabled: true
  - {name: apt-daily.timer, mask: true}
absent: [/etc/motd]
runcmd:
  - "cat /proc/self/cgroup >/var/lib/ran-as-root"
  - {command: "echo loud; exit 3", on_error: continue}
"""
ALLOWED = 'allow = ["hostname", "users", "sysctl", "environment", "units", "absent", "runcmd"]'
EVERYTHING = "\n".join(ALLOWED if line.startswith("allow = ") else line for line in SETTINGS.splitlines())
BROKEN = EVERY_KEY.replace('content: "[Service]\\n', 'content: "[Service]\\nExecStartPre=/bin/false\\n')


def ttl(machine):
    """A kernel parameter as it is now; a network namespace begins with 64."""
    return machine.run("cat", "/proc/sys/net/ipv4/ip_default_ttl").strip()


def test_every_key_is_applied_and_leaves_nothing_behind(gateway):
    machine = gateway(userdata=EVERY_KEY, settings=EVERYTHING)
    machine.disk.write("/etc/motd", "hello\n")
    machine.cell.ready()
    machine.boot()
    machine.until_state("provisioned")
    assert ttl(machine) == "65"
    assert machine.run("id", "-nG", "operator").split() == ["operator", "dialout"]
    assert machine.run("stat", "-c", "%U:%a", "/home/operator").strip() == "operator:750"
    assert machine.run("cat", "/etc/sysctl.d/90-kitting.conf") == "net.ipv4.ip_default_ttl = 65\n"
    assert 'KITTING_TAG_SITE="' in machine.run("cat", "/etc/default/gateway")
    assert machine.property("telemetry.service", "ActiveState") == "active"
    assert machine.run("systemctl", "is-enabled", "telemetry.service").strip() == "enabled"
    assert machine.ask("systemctl", "is-enabled", "apt-daily.timer").stdout.strip() == "masked"
    assert machine.ask("test", "-e", "/etc/motd").returncode == 1
    assert machine.run("stat", "-c", "%U", "/var/lib/ran-as-root").strip() == "root"
    assert "/kitting-apply.slice/" in machine.run("cat", "/var/lib/ran-as-root")
    assert machine.failed_units() == ""

    machine.cell.set_userdata("hostname: gw-bare\n")
    machine.run("kitting-agent", "reprovision")
    machine.until("the name changes", lambda: machine.run("hostname").strip(), lambda name: name == "gw-bare")
    machine.until_state("provisioned")
    assert machine.run("cat", "/etc/motd") == "hello\n"
    assert ttl(machine) == "64"
    for path in ("/etc/sysctl.d/90-kitting.conf", "/etc/default/gateway", "/etc/sysusers.d/50-kitting-operator.conf"):
        assert machine.ask("test", "-e", path).returncode == 1, path
    assert machine.ask("systemctl", "is-enabled", "apt-daily.timer").stdout.strip() != "masked"


def test_a_unit_that_does_not_come_up_again_takes_everything_back(gateway):
    machine = gateway(userdata=EVERY_KEY, settings=EVERYTHING)
    machine.cell.ready()
    machine.boot()
    machine.until_state("provisioned")
    machine.cell.set_userdata(BROKEN.replace("net.ipv4.ip_default_ttl: 65", "net.ipv4.ip_default_ttl: 66"))
    machine.run("kitting-agent", "reprovision")
    machine.until_state("failed")
    assert "telemetry.service" in machine.cell.tags["kitting_error"]
    assert machine.run("cat", "/etc/sysctl.d/90-kitting.conf") == "net.ipv4.ip_default_ttl = 65\n"
    assert machine.property("telemetry.service", "ActiveState") == "active"
