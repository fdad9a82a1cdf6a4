"""The command line itself: what a person sees when something is wrong."""

import json
import os
import pty
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from agent import commands
from agent.cli import COMMANDS, main, parser
from agent.errors import Code


def test_a_bug_is_one_line_for_a_person_and_a_traceback_in_a_file(tmp_path, monkeypatch, capsys):
    def broken(_):
        raise RuntimeError("the canary")

    monkeypatch.setattr("agent.commands.identify.read_identity", broken)
    monkeypatch.setattr("agent.settings.DEFAULT_PATH", tmp_path / "absent.toml")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert main(["identify", "--json"]) == Code.BUG.exit_code
    shown = capsys.readouterr()
    assert "Traceback" not in shown.out + shown.err
    assert json.loads(shown.out)["failure"]["code"] == "internal.bug"
    (note,) = tmp_path.glob("kitting-agent-bug-*.txt")
    assert "RuntimeError: the canary" in note.read_text()


def test_a_word_for_a_resident_that_is_not_there_is_a_usage_error(tmp_path):
    settings = tmp_path / "agent.toml"
    settings.write_text(
        '[metadata]\nurl = "http://127.0.0.1:9"\npatience = "1s"\n[modem]\nport = "/nowhere"\n'
        f'[paths]\nstate = "{tmp_path}"\n'
    )
    done = subprocess.run(
        [sys.executable, "-m", "agent", "--config", str(settings), "provision", "--next-pass-to", "77"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == Code.USAGE.exit_code
    assert "usage: --next-pass-to is for the resident" in done.stderr


def test_a_port_that_this_user_may_not_open_is_reported():
    master, slave = pty.openpty()
    port = os.ttyname(slave)
    Path(port).chmod(0o600)
    code = (
        "import os, agent.host.programs\n"  # Loaded by root: the other user may not read root's Python.
        "from agent.modem.reading import read_equipment\n"
        "from agent.settings import ModemSettings\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"
        f"print(read_equipment(ModemSettings(port={port!r})).imei.code.text)"
    )
    if os.geteuid() != 0:
        Path(port).chmod(0)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd="/")
    os.close(slave)
    os.close(master)
    assert done.stdout.strip() == Code.MODEM_DENIED.text, done.stderr


def test_a_reader_that_goes_away_is_no_bug(tmp_path):
    settings = tmp_path / "agent.toml"
    settings.write_text(f'[paths]\nstate = "{tmp_path}"\n')
    command = f"{sys.executable} -m agent --config {settings} status --json | sleep 0"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.mark.parametrize("where", ["before", "after"])
def test_options_stand_before_or_after_the_command(where):
    words = ["--json", "status"] if where == "before" else ["status", "--json"]
    assert parser().parse_args(words).json is True


def test_no_option_means_lines_for_people():
    arguments = parser().parse_args(["status"])
    assert (arguments.json, arguments.config) == (False, None)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_of_the_table_has_its_module(command):
    assert callable(import_module(f"agent.commands.{command.name}").run)


def test_every_module_with_a_command_is_in_the_table():
    modules = {path.stem for path in Path(commands.__file__).parent.glob("*.py") if "\ndef run(" in path.read_text()}
    assert modules == {command.name for command in COMMANDS}
