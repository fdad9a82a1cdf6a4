"""How commands add themselves to the command line."""

import os

import pytest

from agent.host.process_entry import Parser
from fleet.commands.command_line import CommandLine, add_plan, listen_argument
from fleet.listen_address import ListenAddress


def run(_):
    return 0


@pytest.fixture
def parser():
    made = Parser(prog="kitting")
    made.set_defaults(json=False)
    commands = CommandLine(made)
    commands.add("check", run, "validate a document", "FILE").add_argument("--listen", type=listen_argument)
    add_plan(commands.add_with_api("watch", run, "watch SIMs", "PLAN"))
    return made


def test_a_command_has_its_function_and_may_print_values_for_programs(parser):
    assert parser.parse_args(["check"]).command is run
    assert not parser.parse_args(["check"]).json
    assert parser.parse_args(["check", "--json"]).json


def test_only_a_command_that_uses_the_api_has_the_options_for_it(parser):
    assert parser.parse_args(["watch", "plan.yaml", "--profile", "work"]).profile == "work"
    with pytest.raises(SystemExit) as end:
        parser.parse_args(["check", "--profile", "work"])
    assert end.value.code == os.EX_USAGE


def test_the_help_is_a_sentence_with_an_example(parser, capsys):
    with pytest.raises(SystemExit):
        parser.parse_args(["watch", "--help"])
    output = capsys.readouterr().out
    assert "Watch SIMs." in output
    assert "example: kitting watch PLAN" in output


def test_an_address_is_an_argument(parser, capsys):
    assert parser.parse_args(["check", "--listen", ":80"]).listen == ListenAddress("0.0.0.0", 80)
    with pytest.raises(SystemExit):
        parser.parse_args(["check", "--listen", "80"])
    assert "expected HOST:PORT" in capsys.readouterr().err
