"""What the package is made of agrees with the code that it ships."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from agent import __version__
from agent.cli import parser

CHECKOUT = Path(__file__).parents[2]
UNITS = sorted((CHECKOUT / "systemd").glob("*.service"))


def page(*words: str) -> str:
    command = [sys.executable, CHECKOUT / "packaging/pages.py", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def names() -> set[str]:
    (commands,) = (action.choices for action in parser()._actions if isinstance(action.choices, dict))
    return set(commands)


def test_the_package_has_the_version_of_the_code():
    assert (CHECKOUT / "debian/changelog").read_text().startswith(f"kitting-agent ({__version__}) ")


def imported(folder: str) -> set[str]:
    """Modules of other projects that the modules of a folder import anywhere."""
    found = set()
    for path in (CHECKOUT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"agent", "fleet", "simulator", "story"}


DEBIAN = {"requests": "requests", "serial": "serial", "systemd": "systemd", "yaml": "yaml", "jsonschema": "jsonschema"}
"""Module → name of its Debian package without `python3-`."""
OF_REQUESTS = {"urllib3"}
"""Modules that requests cannot work without."""


def test_the_debian_package_depends_on_what_the_agent_imports():
    assert imported("agent") == {*DEBIAN, *OF_REQUESTS}
    control = (CHECKOUT / "debian/control").read_text()
    needed = (CHECKOUT / "setup.cfg").read_text()
    pip = {"serial": "pyserial", "systemd": "systemd-python", "yaml": "PyYAML"}
    for module, debian in DEBIAN.items():
        oldest = re.search(rf"^    {pip.get(module, module)}>=(.*)$", needed, re.MULTILINE)[1]
        assert f"python3-{debian} (>= {oldest})" in control


def test_the_man_page_has_every_command_and_the_completion_too():
    man, completion = page("man", "kitting-agent"), page("completion")
    for name in names():
        assert f"kitting\\-agent {name}\n" in man
        assert re.search(rf"^    {name}\) ", completion, re.MULTILINE)
    assert "\n.SH EXIT STATUS\n" in page("man", "kitting-apply")


def test_the_completion_offers_commands_and_then_their_options(tmp_path):
    script = tmp_path / "completion"
    script.write_text(page("completion"))
    ask = f'. {script}; COMP_WORDS=(kitting-agent %s); COMP_CWORD=%d; _kitting_agent; echo "${{COMPREPLY[*]}}"'

    def offered(words, place):
        return subprocess.run(
            ["bash", "-c", ask % (words, place)], capture_output=True, text=True, check=True
        ).stdout.split()

    assert offered("ide", 1) == ["identify"]
    assert "--image" in offered("clean --", 2)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_every_service_has_a_limit_and_gains_no_privileges(unit):
    text = unit.read_text()
    assert "NoNewPrivileges=yes" in text
    assert "TimeoutStartSec=" in text or "WatchdogSec=" in text or "RuntimeMaxSec=" in text
    assert re.search(r"^ExecStart=/usr/bin/kitting-(agent|apply)\b", text, re.MULTILINE)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_knows_every_word_of_a_unit(unit):
    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if "Unknown" in line and unit.name in line] == []


def sandbox(unit: str) -> list[str]:
    """The settings of a unit from its user on: rights, directories and sandbox."""
    text = (CHECKOUT / "systemd" / unit).read_text().partition("[Install]")[0]
    settings = [line for line in text.partition("\nUser=")[2].splitlines() if line and not line.startswith("#")]
    return ["User=" + settings[0], *settings[1:]]


def test_the_process_that_proves_has_the_rights_and_the_sandbox_of_the_agents_own_unit():
    assert sandbox("kitting-proof.service") == sandbox("kitting-agent.service")
    assert "User=kitting-agent" in sandbox("kitting-proof.service")


def test_the_drop_ins_of_the_agents_own_unit_hold_for_the_process_that_proves():
    target, link = (CHECKOUT / "debian/kitting-agent.links").read_text().split()
    assert target == "etc/systemd/system/kitting-agent.service.d"
    assert link == "lib/systemd/system/kitting-proof.service.d"
