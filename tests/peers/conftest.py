"""Real peers. Only `make test-peers` runs them; what a machine cannot run is skipped, and says why."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from shared_modem import Bed

NEEDED = ("ModemManager", "mmcli", "umockdev-wrapper", "dbus-daemon", "gcc")


def pytest_collection_modifyitems(config, items):
    here = Path(__file__).parent
    ours = [item for item in items if here in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.peers)
    if "peers" not in config.option.markexpr:
        items[:] = [item for item in items if item not in ours]
        config.hook.pytest_deselected(items=ours)


def pytest_runtest_setup():
    if os.geteuid() != 0:
        pytest.skip("ModemManager and the bed below it need root")
    for program in NEEDED:
        if not shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin"):
            pytest.skip(f"there is no {program}: sh packaging/host.sh peers")
    probe = "import gi; gi.require_version('UMockdev', '1.0'); from gi.repository import UMockdev"
    if subprocess.run(["/usr/bin/python3", "-c", probe], capture_output=True, check=False).returncode:
        pytest.skip("Debian's python3 has no gi.repository.UMockdev: sh packaging/host.sh peers")


@pytest.fixture(params=["quectel-ec25"])
def bed(tmp_path, monkeypatch, request):
    with Bed(tmp_path, request.param) as bed:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bed.bus)
        yield bed
