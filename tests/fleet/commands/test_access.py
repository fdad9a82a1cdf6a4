"""`kitting access`, as a person types it."""

import queue
import signal
import subprocess
import sys

import pytest
from waiting import json_of, started, taken

from agent.errors import Code
from fleet.cli import main
from simulator.api.network import new_gateway

ENDINGS = pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])


def access(*words):
    command = [sys.executable, "-m", "fleet", "access", *words, "--json"]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return started(command, **pipes, text=True)


@ENDINGS
def test_remote_access_is_closed_however_it_ends(signed_in, ending):
    sim = signed_in.kitted()
    with access(sim.sim_id, "--minutes", "480") as process:
        assert json_of(process.stdout)["command"].startswith("ssh -p ")
        assert signed_in.account.port_mappings
        process.send_signal(ending)
    assert signed_in.account.port_mappings == {}


@ENDINGS
def test_remote_access_that_ends_while_it_is_being_opened_is_closed(signed_in, ending):
    sim, running = signed_in.kitted(), queue.SimpleQueue()

    def end(request, _):
        if request.method == "POST" and "/port_mappings/" in request.path:
            taken("the process", running).send_signal(ending)

    signed_in.server.witnesses.append(end)
    with access(sim.sim_id, "--minutes", "480") as process:
        running.put(process)
    assert signed_in.account.port_mappings == {}


def test_remote_access_for_too_long_is_refused(signed_in):
    assert main(["access", signed_in.sim_ids[0], "--minutes", "481"]) == Code.USAGE.exit_code


@pytest.mark.parametrize("was_open", [False, True])
def test_a_gate_is_closed_afterwards_unless_it_was_open_before(signed_in, was_open):
    sim = signed_in.kitted()
    gate = new_gateway(signed_in.account)
    gate["gateOpened"] = was_open
    with access(sim.sim_id, "--gate", gate["vpgId"]) as process:
        message = json_of(process.stdout)
        assert gate["gateOpened"]
        process.send_signal(signal.SIGINT)
    address = signed_in.platform.sim(sim.imsi).session.address
    assert message["command"] == f"ssh -p 22 pi@{address}"
    assert gate["gateOpened"] is was_open


def test_a_gate_is_not_opened_for_a_device_that_is_offline(signed_in):
    gate = new_gateway(signed_in.account)
    assert main(["access", signed_in.sim_ids[0], "--gate", gate["vpgId"]]) == Code.PLATFORM_REFUSED.exit_code
    assert not gate["gateOpened"]
