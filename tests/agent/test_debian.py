"""The agent runs with the packages that Debian has, which are older than those of a development machine."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from simulator.gateways import Gateway
from simulator.server import MetadataServer
from simulator.soracom import Group, Platform, Sim

PYTHON = "/usr/bin/python3"
NEEDED = "import requests, serial, systemd.journal, yaml, jsonschema"
CHECKOUT = Path(__file__).parents[2]


def debian_lacks() -> str:
    if not Path(PYTHON).exists():
        return f"there is no {PYTHON}"
    done = subprocess.run([PYTHON, "-c", NEEDED], capture_output=True, text=True, check=False)
    return done.stderr.strip().splitlines()[-1] if done.returncode else ""


@pytest.mark.skipif(bool(debian_lacks()), reason=f"Debian's own packages are missing: {debian_lacks()}")
def test_a_gateway_with_debians_own_packages_kits_itself(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    sim = Sim("001010000000001", imei="490154203237518", group_id="g", tags={"site": "tokyo"})
    userdata = "hostname: gw-{{ tags.site }}\nwrite_files: [{path: /etc/app.conf, content: 'x'}]\n"
    platform = Platform([sim], [Group("g", userdata=userdata)])
    with MetadataServer(platform) as server:
        gateway = Gateway("gw", sim, tmp_path, server, agent=(PYTHON, "-m", "agent"))
        gateway.modem.plug_in()
        try:
            first = gateway.ask("provision", "--json")
            assert (first.returncode, first.stderr) == (os.EX_OK, "")
            assert json.loads(first.stdout)["state"] == "provisioned"
            platform.set_userdata("g", "hostnam: x\n")
            wrong = gateway.ask("provision", "--json")
            assert (wrong.returncode, json.loads(wrong.stdout)["failure"]["code"]) == (65, "userdata.unknown_key")
            server.stop()
            silent = gateway.ask("identify", "--json")
            assert json.loads(silent.stdout)["subscriber_not_read"]["code"] == "metadata.unreachable"
        finally:
            gateway.switch_off()
    assert dict(platform.sim(sim.imsi).tags)["kitting_imei"] == sim.imei
