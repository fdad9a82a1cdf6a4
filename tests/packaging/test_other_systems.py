"""The desk works where modules of a POSIX system or of a device are missing; a command that needs one says so."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from waiting import PATIENCE_S, json_of

POSIX = ("fcntl", "grp", "pwd", "termios", "pty", "tty")
OF_A_DEVICE = ("serial", "systemd")
SYSTEM = "kitting-agent: installation.incomplete: this command needs a POSIX system: there is no Python module "
SIMULATOR = "kitting-sim: this command needs a POSIX system such as Linux: there is no Python module "


def command(hidden, *words) -> list[str]:
    return [sys.executable, str(Path(__file__).with_name("without_modules.py")), ",".join(hidden), *words]


def run(hidden, *words, text=""):
    return subprocess.run(command(hidden, *words), input=text, capture_output=True, text=True, check=False)


def test_the_desk_explains_itself():
    done = run((*POSIX, *OF_A_DEVICE), "kitting", "--help")
    assert (done.returncode, done.stderr) == (os.EX_OK, "")
    assert "watch" in done.stdout


@pytest.mark.parametrize(("text", "code"), [("hostname: gw\n", os.EX_OK), ("hostnam: gw\n", os.EX_DATAERR)])
def test_the_desk_judges_a_document(text, code):
    done = run((*POSIX, *OF_A_DEVICE), "kitting", "check", "-", text=text)
    assert (done.returncode, done.stderr) == (code, "")


def test_the_board_is_served():
    words = ("kitting", "board", "--sample", "--listen", "127.0.0.1:0", "--json")
    with subprocess.Popen(command((*POSIX, *OF_A_DEVICE), *words), stdout=subprocess.PIPE, text=True) as process:
        try:
            url = json_of(process.stdout)["url"]
            with urlopen(url, timeout=PATIENCE_S) as page:
                assert b"<!doctype html>" in page.read()
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("kitting-agent", "identify"), SYSTEM),
        (("kitting-agent", "provision"), SYSTEM),
        (("kitting-sim", "serve"), SIMULATOR),
        (("kitting-sim", "demo"), SIMULATOR),
    ],
)
def test_what_needs_a_posix_system_is_reported(words, message):
    done = run(POSIX, *words)
    assert (done.returncode, done.stderr.startswith(message)) == (os.EX_UNAVAILABLE, True)


@pytest.mark.parametrize("command", ["modem", "identify"])
def test_a_command_that_asks_the_modem_names_the_package_that_it_lacks(command, tmp_path):
    done = run(OF_A_DEVICE, "kitting-agent", "--config", str(settings(tmp_path)), command)
    assert done.returncode == os.EX_UNAVAILABLE
    assert done.stderr == (
        "kitting-agent: installation.incomplete: the Python module serial is not installed\n"
        "  Install the package pyserial into the same Python environment, or the program again.\n"
    )


def test_a_device_without_packages_of_its_own_judges_a_document():
    assert run(OF_A_DEVICE, "kitting-agent", "check", "-", text="{}").returncode == os.EX_OK


def settings(place: Path) -> Path:
    file = place / "agent.toml"
    file.write_text(f'[apply]\nroot = "{place}"\n[paths]\nstate = "{place / "state"}"\n')
    return file
