"""The resident and its passes as processes: at most one pass, signals, a killed pass, a wake by SMS."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from rig import GROUP, USERDATA
from waiting import exit_of, until

from simulator import faults as http


def hung(rig):
    """A pass that waits for an answer that does not come."""
    rig.faults.add(http.Hang())
    process = subprocess.Popen(rig.gateway.command("provision"), stdout=subprocess.DEVNULL)
    until("a request", lambda: rig.platform.requests, process=process)
    return process


def test_a_second_pass_at_the_same_time_is_refused(rig):
    first = hung(rig)
    second = rig.gateway.ask("provision")
    assert second.returncode == os.EX_TEMPFAIL
    assert "pass.under_way" in second.stderr
    first.kill()
    exit_of(first)


def test_sigterm_during_a_wait_ends_the_pass_and_frees_its_lock(rig):
    process = hung(rig)
    process.send_signal(signal.SIGTERM)
    assert exit_of(process) == 128 + signal.SIGTERM
    rig.faults.clear()
    assert rig.provision()[1]["state"] == "provisioned"


def resident(rig, what, look, holds=bool):
    """Waits for something that the resident or one of its passes does."""
    return until(what, look, holds, process=rig.gateway.process)


def is_tagged(rig, state):
    resident(rig, f"the tag {state}", lambda: rig.tags.get("kitting_state"), lambda seen: seen == state)


def test_the_resident_makes_a_pass_at_once_and_another_on_request(rig):
    rig.gateway.switch_on()
    is_tagged(rig, "provisioned")
    rig.platform.set_userdata(GROUP, USERDATA.replace("gw-", "box-"))
    resident(rig, "the end of the pass", lambda: rig.status()["resident"])
    assert rig.gateway.ask("reprovision").returncode == os.EX_OK
    hostname = rig.gateway.root / "etc/hostname"
    resident(rig, "the new name", hostname.read_text, lambda name: name == "box-tokyo\n")
    process = rig.gateway.process
    rig.gateway.switch_off()
    assert process.returncode == os.EX_OK


def test_a_request_tries_a_failed_document_again(rig):
    obstacle = rig.gateway.root / "etc/telemetry"
    obstacle.write_text("in the way")
    rig.gateway.switch_on()
    is_tagged(rig, "failed")
    obstacle.unlink()
    resident(rig, "the end of the pass", lambda: rig.status()["resident"])
    rig.gateway.ask("reprovision")
    is_tagged(rig, "provisioned")


def test_the_sms_listener_runs_between_passes_where_the_settings_allow_it(rig):
    modem, file = rig.modem, rig.gateway.settings
    file.write_text(file.read_text().replace("[modem]", "[modem]\nwake_by_sms = true"))
    rig.gateway.switch_on()
    (first,) = listeners(rig, {0})
    rig.gateway.modem.receive("hello")
    rig.gateway.ask("reprovision")
    (second,) = listeners(rig, {first})
    rig.gateway.modem.receive("kitting wake")
    resident(rig, "the end of the listener", lambda: _children(rig), lambda pids: second not in pids)
    assert modem.delivery == "2,1,0,0,0"


def listeners(rig, known):
    """The process that listens and has set the modem to deliver messages, once it is none of the known ones."""

    def look():
        pids = [pid for pid in _children(rig) if b"agent.modem.wake_by_sms" in _command_line(pid)]
        return pids if rig.modem.delivery == "2,2,0,0,0" else []

    return resident(rig, "a listener", look, lambda pids: pids and not known & set(pids))


def test_after_a_killed_pass_the_resident_makes_another(rig):
    rig.faults.add(http.Hang(), path="/v1/subscriber/tags", times=1)
    rig.gateway.switch_on()
    resident(rig, "the report", lambda: [request.method for request in rig.platform.requests], has("PUT"))
    assert (rig.gateway.root / "etc/hostname").read_text() == "gw-tokyo\n"
    for pid in _children(rig):
        os.kill(pid, signal.SIGKILL)
    resident(rig, "the end of the pass", lambda: _children(rig), lambda pids: pids == [])
    rig.gateway.ask("reprovision")
    is_tagged(rig, "provisioned")


def has(member):
    return lambda members: member in members


def _children(rig) -> list[int]:
    pid = rig.gateway.process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _command_line(pid: int) -> bytes:
    """Empty for a process that has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""
