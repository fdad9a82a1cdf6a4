"""Story 2: the two halves are what their units claim, tried from inside."""

import pytest
from gateways import gateways
from images import BOTH

NETWORK_HALF = ("kitting-agent.service", 2.0)
PRIVILEGED_HALF = ("kitting-apply.service", 2.5)
BESIDE = [("kitting-recover.service", 3.0), ("kitting-light.service", 2.5), ("kitting-endpoint.service", 3.0)]


@pytest.fixture(scope="module", params=BOTH, ids="-".join)
def running(request, this_run, images):
    """One machine for all tests of this file, which only look at it."""
    with gateways(this_run, images) as make:
        machine = make(request.param)
        machine.cell.ready()
        machine.boot()
        machine.until_state("provisioned")
        yield machine


def as_unit(machine, unit: str, script: str):
    """Runs a script with everything that the unit's own file says of its process, but the program."""
    text = machine.run("cat", f"/lib/systemd/system/{unit}")
    kept = [
        line for line in text.splitlines() if not line.startswith(("Exec", "Watchdog", "Restart", "Condition", "Type"))
    ]
    body = "\n".join(kept).replace(
        "[Service]", "[Service]\nType=oneshot\nExecStart=/bin/sh /tried.sh\nStandardOutput=file:/said"
    )
    machine.disk.write("/etc/systemd/system/tried.service", body.partition("[Install]")[0])
    machine.disk.write("/tried.sh", script)
    machine.disk.write("/said", "", 0o666)
    machine.run("systemctl", "daemon-reload")
    machine.ask("systemctl", "start", "tried.service")
    return machine.run("cat", "/said")


def test_the_network_half_is_its_own_user_without_capabilities(running):
    pid = running.property("kitting-agent.service", "MainPID")
    status = dict(line.split(":", 1) for line in running.run("cat", f"/proc/{pid}/status").splitlines())
    agent = running.run("id", "-u", "kitting-agent").strip()
    assert status["Uid"].split() == [agent] * 4
    assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert status["NoNewPrivs"].strip() == "1"


ASK_FOR_NETWORKS = """\
ls /sys/class/net
cat /proc/net/dev
python3 - <<'X'
import socket
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK):
    try:
        socket.socket(family, socket.SOCK_RAW if family == socket.AF_NETLINK else socket.SOCK_STREAM)
    except OSError:
        print("refused", family.name)
    else:
        print("GIVEN", family.name)
X
"""
WRITE_EVERYWHERE = """\
exec 2>/dev/null
touch /var/lib/kitting-agent/mine && echo own
for place in /etc/x /usr/x /var/x /var/lib/x /var/lib/kitting-apply/x /root/x /opt/x /boot/x /home/x \\
             /etc/kitting-agent/agent.toml; do
    echo x >>$place && echo WROTE $place
done
"""
READ_SECRETS = """\
exec 2>/dev/null
cat /etc/shadow /etc/telemetry.conf /etc/ssh/ssh_host_ed25519_key
ls /var/lib/kitting-apply /var/lib/kitting-apply/transaction
cat /var/lib/kitting-apply/outcome.json
"""


def test_the_privileged_half_has_no_network(running):
    output = as_unit(running, "kitting-apply.service", ASK_FOR_NETWORKS)
    assert "wwan0:" not in output
    assert [line.split()[1] for line in output.splitlines() if line.startswith("refused")] == [
        "AF_INET",
        "AF_INET6",
        "AF_NETLINK",
    ]
    assert "GIVEN" not in output


def test_the_privileged_half_sees_no_modem(running):
    output = as_unit(running, "kitting-apply.service", "ls /dev; id -u\n")
    assert "ttyUSB" not in output
    assert "\n0\n" in output


def test_the_network_half_writes_into_its_own_folder_only(running):
    output = as_unit(running, "kitting-agent.service", WRITE_EVERYWHERE)
    assert output.split() == ["own"]


def test_the_network_half_reads_no_secret_of_the_other(running):
    output = as_unit(running, "kitting-agent.service", READ_SECRETS)
    assert output.startswith("{"), "only what is said to it"


def test_state_and_answers_belong_to_whom_they_should(running):
    def owner(path):
        return running.run("stat", "-c", "%U:%G %a", path).strip()

    assert owner("/var/lib/kitting-agent") == "kitting-agent:kitting-agent 700"
    assert owner("/var/lib/kitting-agent/state.json") == "kitting-agent:kitting-agent 600"
    assert owner("/var/lib/kitting-apply") == "root:root 711"
    assert owner("/var/lib/kitting-apply/outcome.json") == "root:kitting-agent 640"
    assert owner("/etc/kitting-agent/agent.toml") == "root:root 644"


@pytest.mark.parametrize(("unit", "most"), [NETWORK_HALF, PRIVILEGED_HALF, *BESIDE])
def test_a_half_is_exposed_no_more_than_it_was(running, unit, most):
    done = running.ask("systemd-analyze", "security", f"--threshold={most * 10:.0f}", "--no-pager", unit)
    assert done.returncode == 0, done.stdout.splitlines()[-1]
    verified = running.ask("systemd-analyze", "verify", "--man=no", f"/lib/systemd/system/{unit}")
    assert "kitting" not in verified.stderr
