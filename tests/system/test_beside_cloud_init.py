"""Raspberry Pi Imager writes cloud-init's files; on the first boot cloud-init goes first, and ours stays."""

import pytest
from images import BOTH

WISHES = """\
#cloud-config
hostname: imager
timezone: Europe/London
write_files: [{path: /etc/from-imager, content: "x"}]
runcmd: [[touch, /etc/from-imager-too]]
"""


OURS = "preserve_hostname: true\n"
"""Without it cloud-init names the gateway anew at its second boot: what it compares with is not what it set."""


@pytest.mark.parametrize("debian", BOTH, ids="-".join)
def test_what_cloud_init_does_once_is_not_done_over_ours(gateway, images, debian):
    machine = gateway(layers=images.layers(debian, "imager"))
    seed = "/var/lib/cloud/seed/nocloud"
    machine.disk.write(f"{seed}/user-data", WISHES)
    machine.disk.write(f"{seed}/meta-data", "instance-id: first\n")
    machine.disk.write("/etc/cloud/cloud.cfg.d/90.cfg", "datasource_list: [NoCloud]\nnetwork: {config: disabled}\n")
    machine.disk.write("/etc/cloud/cloud.cfg.d/99-kitting-agent.cfg", OURS)
    machine.disk.write("/etc/cloud/ds-identify.cfg", "policy: enabled\n")
    machine.cell.ready()
    machine.boot()
    machine.until_state("provisioned")
    machine.until("cloud-init did all its work", lambda: machine.disk.exists("/etc/from-imager-too"))
    assert machine.disk.exists("/etc/from-imager")
    for _ in range(2):
        assert machine.run("hostname").strip() == "gw-tokyo"
        assert machine.run("readlink", "/etc/localtime").strip() == "/usr/share/zoneinfo/Asia/Tokyo"
        assert "kitting" not in machine.run("systemctl", "--failed", "--no-legend")
        machine.off()
        machine.boot()
        machine.until("the resident is at work again", lambda: machine.status()["resident"])
