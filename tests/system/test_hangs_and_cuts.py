"""Story 3: what hangs is ended, what is killed comes back, and a cut leaves before or after, never between."""

from cell import IMEI, USERDATA

SLOW = USERDATA.replace("round = 1", "round = 2") + 'runcmd:\n  - [sleep, "6"]\n'


def provisioned(gateway, **how):
    machine = gateway(**how)
    machine.amend("kitting-agent.service", "WatchdogSec=4s\nRestartSec=1s")
    machine.cell.ready()
    machine.boot()
    machine.until_state("provisioned")
    return machine


def test_a_resident_that_hangs_is_ended_by_the_watchdog_and_comes_back(gateway):
    machine = provisioned(gateway)
    pid = machine.property("kitting-agent.service", "MainPID")
    machine.run("kill", "-STOP", pid)
    machine.until(lambda: machine.property("kitting-agent.service", "MainPID") not in {pid, "0"}, 60, "a new resident")
    assert machine.property("kitting-agent.service", "NRestarts") == "1"
    assert any("Watchdog timeout" in line["MESSAGE"] for line in machine.journal("-u", "kitting-agent"))
    machine.until(lambda: machine.status()["resident"], 30, "it is at work")
    assert machine.status()["state"] == "provisioned"


def test_a_resident_that_is_killed_comes_back_and_changes_nothing(gateway):
    machine = provisioned(gateway)
    machine.until(lambda: machine.journal("-u", "kitting-agent", "STATE=provisioned"), 30, "the first pass has ended")
    service = machine.property("telemetry.service", "InvocationID")
    machine.run("systemctl", "kill", "-s", "KILL", "kitting-agent")
    machine.until(lambda: machine.property("kitting-agent.service", "NRestarts") == "1", 30, "it is started again")
    machine.until(lambda: len(machine.journal("-u", "kitting-agent", "STATE=provisioned")) > 1, 30, "one more pass")
    assert machine.property("telemetry.service", "InvocationID") == service


def cut_while_applying(machine):
    machine.cell.set_userdata(SLOW)
    machine.run("kitting-agent", "reprovision")
    machine.until(lambda: "round = 2" in machine.disk.read("/etc/telemetry.conf"), 60, "the file is written")
    assert machine.property("kitting-apply.service", "ActiveState") == "active"
    machine.cell.link_down()
    machine.cut()


def test_a_cut_while_applying_is_undone_before_the_network_and_said(gateway):
    machine = provisioned(gateway)
    cut_while_applying(machine)
    assert "round = 2" in machine.disk.read("/etc/telemetry.conf"), "cut in between"
    machine.boot()
    assert machine.run("cat", "/etc/telemetry.conf") == f"imei = {IMEI}\nround = 1\n"
    assert machine.property("kitting-recover.service", "Result") == "success"
    assert any("not_applied" in line["MESSAGE"] for line in machine.journal("-b", "-u", "kitting-recover"))
    machine.cell.link_up()
    machine.until(lambda: "round = 2" in machine.disk.read("/etc/telemetry.conf"), 150, "it is tried again")
    machine.until_state("provisioned")
    assert machine.run("systemctl", "is-system-running").strip() == "running"


def test_a_cut_between_applying_and_its_confirmation_ends_before_or_after(gateway):
    machine = provisioned(gateway)
    machine.cell.set_userdata(USERDATA.replace("round = 1", "round = 2"))
    for proof in ("/v1/subscriber.imsi", "/v1/subscriber/tags"):
        machine.cell.break_("hang", "--path", proof)
    machine.run("kitting-agent", "reprovision")
    machine.until(
        lambda: '"unconfirmed"' in machine.ask("cat", "/var/lib/kitting-apply/outcome.json").stdout, 60, "applied"
    )
    machine.cut()
    machine.cell.break_("mend")
    machine.boot()
    machine.until_state("provisioned", 150)
    machine.until(
        lambda: not machine.disk.exists("/var/lib/kitting-apply/transaction/journal"), 60, "nothing is left open"
    )
    text = machine.run("cat", "/etc/telemetry.conf")
    assert text in {f"imei = {IMEI}\nround = 1\n", f"imei = {IMEI}\nround = 2\n"}
