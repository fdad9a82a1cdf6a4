"""`kitting access`, as a person types it."""

import json
import signal
import subprocess
import sys
import time

import pytest

from agent.errors import Code
from fleet.cli import main
from simulator.api.network import new_gateway


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_remote_access_is_closed_however_it_ends(signed_in, ending):
    sim = signed_in.kitted()
    command = [sys.executable, "-m", "fleet", "access", sim.sim_id, "--minutes", "1", "--json"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not signed_in.account.port_mappings:
            time.sleep(0.02)
        time.sleep(0.3)
        process.send_signal(ending)
        told, _ = process.communicate(timeout=20)
    assert json.loads(told)["command"].startswith("ssh -p ")
    assert signed_in.account.port_mappings == {}


def test_remote_access_for_too_long_is_refused(signed_in):
    assert main(["access", signed_in.sim_ids[0], "--minutes", "481"]) == Code.USAGE.exit_code


@pytest.mark.parametrize("was_open", [False, True])
def test_a_gate_is_closed_afterwards_unless_it_was_open_before(signed_in, was_open):
    sim = signed_in.kitted()
    gate = new_gateway(signed_in.account)
    gate["gateOpened"] = was_open
    command = [sys.executable, "-m", "fleet", "access", sim.sim_id, "--gate", gate["vpgId"], "--json"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        told = b""
        while b"}" not in told:
            told += process.stdout.readline()
        assert gate["gateOpened"]
        process.send_signal(signal.SIGINT)
        process.wait(20)
    address = signed_in.platform.sim(sim.imsi).session.address
    assert json.loads(told)["command"] == f"ssh -p 22 pi@{address}"
    assert gate["gateOpened"] is was_open


def test_a_gate_is_not_opened_for_a_device_that_is_offline(signed_in):
    gate = new_gateway(signed_in.account)
    assert main(["access", signed_in.sim_ids[0], "--gate", gate["vpgId"]]) == Code.PLATFORM_REFUSED.exit_code
    assert not gate["gateOpened"]
