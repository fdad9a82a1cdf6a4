"""A pass loads the modules that it uses: a module costs time at every start."""

import json
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from simulator.gateways import Gateway
from simulator.server import MetadataServer
from simulator.soracom import Group, Platform, Sim

IMSI, IMEI = "001010000000001", "490154203237518"
GROUP = "11111111-0000-4000-8000-000000000001"
USERDATA = "hostname: gw-1\nwrite_files:\n  - path: /etc/app/a.conf\n    content: 'a = 1'\n"
LEAVES_ITS_MODULES = """
import json, sys
from agent.cli import main
code = main()
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
sys.exit(code)
"""
UNUSED = {
    "another document key": "agent.configuration.keys.users",
    "the sshd key file": "agent.configuration.keys.ssh_authorized_keys",
    "a unit": "agent.configuration.keys.services",
    "an extra tag": "agent.configuration.keys.report",
    "a file in a tag": "agent.provision.quoted_file",
    "fillers": "agent.configuration.fill",
    "a JSON document": "agent.configuration.json_text",
    "an unknown key": "agent.configuration.hints",
    "a signature": "agent.apply.ssh_keygen",
    "a wrong document": "jsonschema",
    "a large file": "agent.metadata.sources",
    "JSON output": "agent.commands.display.identity",
    "the root half as a service": "agent.handover.by_service",
    "the real root": "agent.apply.machine.running_system",
    "the SMS listener": "agent.modem.wake_by_sms",
    "SIM state and network": "agent.modem.sim_and_network",
}
WITH_MODEM_MANAGER = {"ModemManager": "agent.modem.mmcli"}
"""Used where ModemManager is installed."""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """The modules that were loaded at the end of a first pass, by name."""
    sim = Sim(IMSI, imei=IMEI, group_id=GROUP)
    with MetadataServer(Platform([sim], [Group(GROUP, userdata=USERDATA)])) as server:
        agent = (sys.executable, "-c", LEAVES_ITS_MODULES)
        gateway = Gateway("gw", sim, tmp_path_factory.mktemp("gateway"), server, timeout="5m", agent=agent)
        gateway.modem.plug_in()
        ended = gateway.ask("provision")
        gateway.switch_off()
    assert (ended.returncode, "provisioned" in ended.stdout) == (0, True), ended.stderr
    return set(json.loads(ended.stderr.splitlines()[-1]))


@pytest.mark.parametrize("module", UNUSED.values(), ids=UNUSED)
def test_a_first_pass_does_not_load_what_it_does_not_use(loaded, module):
    assert module not in loaded


@pytest.mark.skipif(Path("/usr/bin/mmcli").exists(), reason="ModemManager is installed here")
@pytest.mark.parametrize("module", WITH_MODEM_MANAGER.values(), ids=WITH_MODEM_MANAGER)
def test_a_first_pass_without_modem_manager_does_not_load_what_asks_it(loaded, module):
    assert module not in loaded


@pytest.mark.parametrize("module", [*UNUSED.values(), *WITH_MODEM_MANAGER.values()])
def test_every_module_of_this_list_exists(module):
    assert find_spec(module)
