"""A network half that was taken over: as the user kitting-agent it does what it can; root's files and processes stay.

Each trick is a piece of shell in the directories that are its own. After each, root's commands and the root half run;
the root half also runs by itself, when an order lies there.
"""

import json

import pytest
from images import TRIXIE
from machine import SETTINGS

from agent.configuration.resolving import from_document
from agent.configuration.schema_file import userdata_schema
from agent.errors import Failure

SAFE = SETTINGS.replace(
    'allow = ["hostname", "timezone", "ntp", "write_files", "services", "runcmd", "report"]', 'allow = "safe"'
).replace('confirm_within = "1h"', 'confirm_within = "2s"')
USERDATA = "#cloud-config\nhostname: gw-{{ tags.site }}\ntimezone: Asia/Tokyo\n"

STATE, RUN = "/var/lib/kitting-agent", "/run/kitting-agent"
VICTIM = "/root/victim"
IN_THE_WAY = ("state.json", "pass.lock", "resident.lock", "reprovision")
HOLD = "flock {0} sleep 1000 >/dev/null 2>&1 &"


def order(document, task="apply"):
    """Shell that places an order, with the right digest where the document is valid."""
    try:
        digest = from_document(document, userdata_schema()).digest
    except Failure:
        digest = "0" * 64
    values = {"version": 2, "order_id": "evil", "task": task, "document": document, "card": "1", "digest": digest}
    return f"cat >order.new <<'X'\n{json.dumps(values)}\nX\nmv order.new order.json"


TRICKS = (
    *(f"rm -rf {name}; ln -s {VICTIM} {name}" for name in IN_THE_WAY),
    *(f"rm -rf {name}; mkfifo {name}" for name in IN_THE_WAY),
    *(f"rm -rf {name}; mkdir -p {name}/full" for name in (*IN_THE_WAY, "order.json")),
    f"ln -f {VICTIM} resident.lock; ln -f /etc/passwd pass.lock",
    f"rm -rf resident.lock; cat {RUN}/victim >resident.lock; {HOLD.format('resident.lock')}",
    f"rm -rf resident.lock; echo 1 >resident.lock; {HOLD.format('resident.lock')}",
    HOLD.format("/var/lib/kitting-apply/service.lock"),
    "mkfifo order.json",
    f"ln -s {VICTIM} order.json",
    "head -c 100000000 /dev/zero >order.json",
    "echo '{' >order.json",
    f'printf \'{{"version":2,"order_id":"1","confirm_within_s":1{"0" * 400}}}\' >order.json',
    order({"write_files": [{"path": "/etc/cron.d/evil", "content": "* * * * * root touch /root/owned\n"}]}),
    order({"runcmd": ["touch /root/owned"]}),
    order({"sysctl": {"kernel.core_pattern": "|/bin/sh"}}),
    order({"users": [{"name": "evil", "groups": ["sudo"]}]}),
    order({"units": [{"name": "evil.service", "content": "[Service]\nExecStart=touch /root/owned\n"}]}),
    order({"hostname": "$(touch /root/owned)"}),
    order({}, task="scrub"),
    f"rm -f {RUN}/issue; ln -s /etc/shadow {RUN}/issue; touch /run/kitting-light/wanted",
    f"rm -f {RUN}/shown; mkfifo {RUN}/shown; mkdir -p /run/kitting-light/wanted/full",
    f"rm -f {RUN}/quiet {RUN}/traffic.json; mkfifo {RUN}/quiet; ln -s {VICTIM} {RUN}/traffic.json",
    f"kill -9 1 $(cat {RUN}/victim); systemctl stop kitting-apply.path ssh; touch /etc/evil /root/owned",
    f"cat /etc/shadow >{RUN}/issue; chmod 644 {RUN}/issue; touch /run/kitting-light/wanted",
)
"""What a network half that was taken over tries; each is tried on what the ones before have left."""
ROOT = """\
for words in status "status --json" reprovision "clean --image" light; do
    timeout -k 1 60 kitting-agent $words >/root/said 2>&1
    code=$?
    [ $code -lt 124 ] && [ $code -ne 70 ] || echo "kitting-agent $words: exit code $code"
    ! grep -q 'root:\\|internal.bug' /root/said || cat /root/said
done
systemctl reset-failed kitting-apply.service 2>/dev/null
timeout -k 1 200 systemctl start kitting-apply.service || echo "kitting-apply does not start"
until [ ! -e /var/lib/kitting-agent/order.json ] && [ ! -L /var/lib/kitting-agent/order.json ]; do sleep 0.2; done
"""
FINGERPRINT = (
    "find /etc /root /usr/bin /usr/sbin /usr/lib/systemd /var/spool /boot -xdev ! -path /root/said ! -path '/etc/.*' "
    "\\( -type f -o -type l \\) -printf '%p %m %U %G %s %T@ %l\\n' | sort | sha256sum; "
    "cat /proc/sys/kernel/core_pattern; "
    f"kill -0 $(cat {RUN}/victim) && echo alive; cat /run/kitting-issue/prompt | grep -c root:"
)


@pytest.mark.parametrize("debian", [TRIXIE], ids="-".join)
def test_a_network_half_that_was_taken_over_harms_nothing_of_root(gateway):
    machine = gateway(settings=SAFE, userdata=USERDATA)
    machine.cell.ready()
    machine.boot()
    machine.until_state("provisioned")
    machine.run("systemctl", "stop", "kitting-agent.service")
    machine.run("sh", "-c", f"echo kept >{VICTIM}; chmod 644 {VICTIM}; touch /root/said")
    machine.run("sh", "-c", f"setsid sleep 100000 >/dev/null 2>&1 & echo $! >{RUN}/victim; chmod 644 {RUN}/victim")
    before = machine.ask("sh", "-c", FINGERPRINT).stdout
    assert "alive" in before
    for trick in TRICKS:
        words = ("setpriv", "--reuid=kitting-agent", "--regid=kitting-agent", "--init-groups", "--no-new-privs")
        machine.ask(*words, "sh", "-c", f"cd {STATE}; {trick}")
        assert machine.ask("sh", "-c", ROOT).stdout == "", trick
        assert machine.ask("sh", "-c", FINGERPRINT).stdout == before, trick
        machine.ask("pkill", "-u", "kitting-agent")
    assert machine.property("kitting-apply.path", "ActiveState") == "active"
    machine.run("systemctl", "start", "kitting-agent.service")
    machine.cell.set_userdata(USERDATA.replace("gw-", "after-"))
    machine.run("kitting-agent", "reprovision")
    what = "the gateway takes the next configuration"
    machine.until(what, lambda: machine.ask("hostname").stdout, lambda name: name == "after-tokyo\n")
