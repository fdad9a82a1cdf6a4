"""Every command of the page "From a blank SD card to a kitted gateway", typed in its order."""

import re
import shutil
from pathlib import Path

import pytest
from cell import CHECKOUT

PAGES = {name: CHECKOUT / "docs" / name for name in ("gateway.md", "gateway.ja.md")}


def commands(page: Path) -> list[str]:
    blocks = re.findall(r"^```console\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    return [line.removeprefix("$ ").removeprefix("sudo ") for block in blocks for line in block.splitlines()]


def test_both_languages_have_the_same_commands():
    assert commands(PAGES["gateway.md"]) == commands(PAGES["gateway.ja.md"])


@pytest.fixture
def machine(gateway, package):
    machine = gateway(userdata="hostname: gw-{{ tags.site }}\ntimezone: Asia/Tokyo\n")
    shutil.copy(package, machine.disk.root / "opt")
    machine.cell.ready()
    machine.boot()
    machine.until_state("provisioned")
    machine.run("cp", f"/opt/{package.name}", "/tmp")
    return machine


def test_every_command_works(machine):
    for command in commands(PAGES["gateway.md"]):
        if command.startswith("kitting-agent status"):
            machine.run("systemctl", "start", "kitting-agent", "kitting-apply.path")
            machine.until("the copy kits itself", lambda: machine.status()["state"], lambda now: now == "provisioned")
        done = machine.ask("sh", "-c", command)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
