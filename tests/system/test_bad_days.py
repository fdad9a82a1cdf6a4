"""Story 7: a full disk, a read-only one, a clock at 1970, no modem, a late modem, and ModemManager beside it."""

import shutil

import pytest
from cell import IMEI, USERDATA, run
from machine import SETTINGS

OFTEN = SETTINGS.replace('interval = "1h"', 'interval = "10s"')


def booted(gateway, **how):
    machine = gateway(**how)
    machine.cell.ready()
    machine.boot()
    return machine


def test_a_full_disk_changes_nothing_and_is_reported(gateway):
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
    machine.until_state("failed")
    assert machine.cell.tags["kitting_error"].startswith("apply.no_space")
    assert "round = 1" in machine.run("cat", "/etc/telemetry.conf")


def test_a_boot_with_a_read_only_disk_is_survived_and_the_next_one_kits_the_gateway(gateway):
    machine = gateway(options=("--read-only",))
    machine.cell.ready()
    machine.boot()
    assert machine.property("ssh.service", "ActiveState") == "active"
    assert machine.ask("hostname").stdout.strip() != "gw-tokyo"
    assert machine.status()["state"] == "new"
    assert "kitting_state" not in machine.cell.tags
    machine.cut()
    machine.options = ()
    machine.boot()
    machine.until_state("provisioned")


OLD_CLOCK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
int clock_gettime(clockid_t clock, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int done = real(clock, at);
    if (clock == CLOCK_REALTIME) at->tv_sec %= 86400;
    return done;
}
"""
"""A gateway without a battery for its clock: it is the first day of 1970. (A container shares the machine's clock.)"""


@pytest.mark.skipif(not shutil.which("cc"), reason="the clock of 1970 is made by a compiler: apt install gcc")
def test_a_clock_at_1970_is_not_believed(gateway, tmp_path):
    machine = gateway()
    (tmp_path / "old.c").write_text(OLD_CLOCK)
    run("cc", "-shared", "-fPIC", "-o", machine.disk.root / "opt/old-clock.so", tmp_path / "old.c", "-ldl")
    machine.amend("kitting-agent.service", "Environment=LD_PRELOAD=/opt/old-clock.so")
    machine.cell.ready()
    machine.boot()
    machine.until_state("provisioned")
    assert machine.cell.tags["kitting_at"].startswith("20"), "the service's clock is"
    assert machine.status()["since"].startswith("20")


def test_a_gateway_without_a_modem_is_kitted_and_reports_what_is_missing(gateway):
    machine = gateway()
    machine.cell.start_names()
    machine.cell.link_up()
    machine.cell.set_userdata("hostname: gw-{{ tags.site }}\n")
    machine.boot()
    machine.until_tag("kitting_state")
    tags = machine.cell.tags
    assert tags["kitting_error"].startswith("modem.")
    assert "kitting_imei" not in tags


def test_a_modem_that_comes_after_several_passes_is_found_and_reported(gateway):
    machine = gateway(settings=OFTEN)
    machine.cell.start_names()
    machine.cell.link_up()
    machine.cell.set_userdata("hostname: gw-{{ tags.site }}\n")
    machine.boot()
    machine.until_tag("kitting_error")
    machine.until(
        "passes end", lambda: len(machine.journal("-u", "kitting-agent", "STATE=provisioned")), lambda n: n > 2
    )
    assert "kitting_imei" not in machine.cell.tags
    machine.cell.plug_modem_in()
    machine.until_tag("kitting_imei", lambda tag: tag == IMEI)
    machine.until_state("provisioned")


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
