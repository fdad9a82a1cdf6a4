"""Story 3: what hangs is ended, what is killed comes back, and a cut leaves before or after, never between."""

from cell import IMEI, USERDATA
from hold import COMMAND, Hold

JOURNAL = "/var/lib/kitting-apply/transaction/journal"
HELD = USERDATA.replace("round = 1", "round = 2") + f"runcmd:\n  - {COMMAND}\n"


def provisioned(gateway, **how):
    machine = gateway(**how)
    machine.amend("kitting-agent.service", "WatchdogSec=20s\nRestartSec=1s")
    machine.cell.ready()
    machine.boot()
    machine.until_state("provisioned")
    return machine


def test_a_resident_that_hangs_is_ended_by_the_watchdog_and_comes_back(gateway):
    machine = provisioned(gateway)
    pid = machine.property("kitting-agent.service", "MainPID")
    machine.run("kill", "-STOP", pid)
    machine.until_property("kitting-agent.service", "MainPID", lambda now: now not in {pid, "0"})
    assert machine.property("kitting-agent.service", "NRestarts") != "0"
    assert any("Watchdog timeout" in line["MESSAGE"] for line in machine.journal("-u", "kitting-agent"))
    machine.until("the new resident is at work", lambda: machine.status()["resident"])
    assert machine.status()["state"] == "provisioned"


def test_a_resident_that_is_killed_comes_back_and_changes_nothing(gateway):
    machine = provisioned(gateway)
    until_passes(machine, 1)
    service = machine.property("telemetry.service", "InvocationID")
    machine.run("systemctl", "kill", "-s", "KILL", "kitting-agent")
    machine.until_property("kitting-agent.service", "NRestarts", lambda number: number != "0")
    until_passes(machine, 2)
    assert machine.property("telemetry.service", "InvocationID") == service


def until_passes(machine, number):
    """So many passes have ended with everything as it should be."""
    ended = machine.until(
        f"{number} passes end well",
        lambda: machine.journal("-u", "kitting-agent", "STATE=provisioned"),
        lambda lines: len(lines) >= number,
    )
    assert len(ended) == number


def test_a_cut_while_applying_is_undone_before_the_network_and_reported(gateway):
    machine = provisioned(gateway)
    hold = Hold(machine)
    machine.cell.set_userdata(HELD)
    machine.run("kitting-agent", "reprovision")
    hold.until_reached()
    assert machine.property("kitting-apply.service", "ActiveState") == "active"
    machine.cell.link_down()
    machine.cut()
    hold.release()
    assert "round = 2" in machine.disk.read("/etc/telemetry.conf"), "cut in between"
    machine.boot()
    assert machine.run("cat", "/etc/telemetry.conf") == f"imei = {IMEI}\nround = 1\n"
    assert machine.property("kitting-recover.service", "Result") == "success"
    assert any("not_applied" in line["MESSAGE"] for line in machine.journal("-b", "-u", "kitting-recover"))
    machine.cell.link_up()
    machine.until_text("/etc/telemetry.conf", "round = 2")
    machine.until_state("provisioned")
    assert machine.failed_units() == ""


def test_a_cut_between_applying_and_its_confirmation_ends_before_or_after(gateway):
    machine = provisioned(gateway)
    machine.cell.set_userdata(USERDATA.replace("round = 1", "round = 2"))
    for proof in ("/v1/subscriber.imsi", "/v1/subscriber/tags"):
        machine.cell.break_("hang", proof)
    machine.run("kitting-agent", "reprovision")
    machine.until_text("/var/lib/kitting-apply/outcome.json", '"unconfirmed"')
    machine.cut()
    assert machine.disk.exists(JOURNAL), "cut in between"
    machine.cell.mend()
    machine.boot()
    machine.until("nothing is left open", lambda: not machine.disk.exists(JOURNAL))
    machine.until_state("provisioned")
    text = machine.run("cat", "/etc/telemetry.conf")
    assert text in {f"imei = {IMEI}\nround = 1\n", f"imei = {IMEI}\nround = 2\n"}
