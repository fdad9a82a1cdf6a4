"""The command line of `kitting` as a whole."""

import os
import subprocess
import sys

import pytest

from fleet.cli import COMMANDS, main, parser

HEAVY = ("requests", "jsonschema", "yaml", "flask", "waitress", "segno", "http.client", "subprocess")


def test_the_command_line_is_built_without_the_libraries_that_commands_use():
    program = "import sys, fleet.cli; fleet.cli.parser(); print(*sys.modules)"
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert set(HEAVY) & set(output.split()) == set()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__.rpartition(".")[2])
def test_every_command_has_a_help_with_an_example(command, capsys):
    name = command.__name__.rpartition(".")[2].rstrip("_")
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code == os.EX_OK
    assert f"example: kitting {name}" in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["nothing"], ["stop", "--nothing"], ["prepare"]])
def test_a_wrong_command_line_is_a_usage_error(words, capsys):
    with pytest.raises(SystemExit) as end:
        parser().parse_args(words)
    assert end.value.code == os.EX_USAGE
    assert "usage: kitting" in capsys.readouterr().err


def test_a_command_with_a_typo_is_answered_with_the_command_that_is_like_it(capsys):
    with pytest.raises(SystemExit):
        parser().parse_args(["wach", "plan.yaml"])
    assert "invalid choice: 'wach'; do you mean watch?" in capsys.readouterr().err


def test_a_command_that_is_like_none_is_answered_with_all_of_them(capsys):
    with pytest.raises(SystemExit):
        parser().parse_args(["xyzzy"])
    assert "invalid choice: 'xyzzy'; choose from check, sign, prepare" in capsys.readouterr().err
