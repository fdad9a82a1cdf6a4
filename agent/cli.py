"""Entry point. `kitting-agent`, the command line: lines for people, values for programs with `--json`, no traceback.

Exit codes follow sysexits.h: 0 when the gateway is provisioned, 64 usage, 65 a wrong document, 66 no such file,
69 something is missing, 70 a bug, 73 cannot write, 75 try again later, 77 refused, 78 wrong settings.
The module of a command is imported when the command runs: `--help` and the start of the resident need few modules.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent import __version__
from agent.frozen import frozen
from agent.host.process_entry import Parser, ended_well
from agent.settings import DEFAULT_PATH, Settings, load

if TYPE_CHECKING:
    from agent.metadata.small_question import Exchange


@frozen
class Argument:
    """An argument of a command, as `ArgumentParser.add_argument` takes it."""

    name: str
    options: dict[str, Any]


def _argument(name: str, **options: Any) -> Argument:
    return Argument(name, options)


@frozen
class Subcommand:
    """A command, which is the function `run` of the module of its name in `agent.commands`."""

    name: str
    help: str
    example: str
    arguments: tuple[Argument, ...] = ()


COMMANDS = (
    Subcommand(
        "provision",
        "make one pass: identify, bind, fetch, apply, confirm, report",
        "kitting-agent provision --json",
        (_argument("--next-pass-to", type=int, help=argparse.SUPPRESS),),
    ),
    Subcommand(
        "run",
        "stay as the resident: make a pass at once, then one every [schedule] interval",
        "kitting-agent run",
    ),
    Subcommand(
        "prove",
        "reach the service as a new process, for an apply that waits; kitting-proof.service starts it",
        "kitting-agent prove",
    ),
    Subcommand("plan", "show what a pass would change, as a diff; changes nothing", "kitting-agent plan"),
    Subcommand(
        "identify",
        "print the SIM, the modem, and whether they belong together",
        "kitting-agent identify --json",
    ),
    Subcommand("status", "print the state of this gateway, since when, and what to do", "kitting-agent status"),
    Subcommand(
        "check",
        "validate a userdata file without a SIM (- for standard input)",
        "kitting-agent check userdata.yaml",
        (_argument("file", type=Path, metavar="FILE", help="the userdata document"),),
    ),
    Subcommand(
        "reprovision",
        "make the resident start a pass at once, also with a configuration that failed",
        "sudo kitting-agent reprovision",
        (_argument("--adopt", action="store_true", help="accept SIM and modem as they are, and end a hold"),),
    ),
    Subcommand(
        "rollback",
        "go back to the configuration before the present one, and stay there until the userdata changes",
        "sudo kitting-agent rollback",
    ),
    Subcommand(
        "scrub",
        "remove what is managed and sensitive, and the way back to it; then hold",
        "sudo kitting-agent scrub --yes",
        (_argument("--yes", action="store_true", help="really remove it"),),
    ),
    Subcommand(
        "modem",
        "ask every port of the modems, and show each answer; --trace writes the dialogue",
        "kitting-agent modem --trace modem.toml --mask",
        (
            _argument(
                "--trace",
                nargs="?",
                const="-",
                metavar="FILE",
                help="write the whole dialogue to a file or to standard output; it can become a test of this product",
            ),
            _argument("--mask", action="store_true", help="replace the numbers of modem and SIM in the dialogue"),
        ),
    ),
    Subcommand("doctor", "examine everything that a pass needs, and say what to do", "sudo kitting-agent doctor"),
    Subcommand(
        "collect",
        "make a support bundle, secrets and identifiers covered",
        "sudo kitting-agent collect",
        (_argument("--out", type=Path, metavar="FILE", help="the new file (default: here, named by the time)"),),
    ),
    Subcommand(
        "clean",
        "make this disk ready for copying; lists what has to go, and removes it with --yes",
        "sudo kitting-agent clean --image",
        (
            _argument("--image", action="store_true", required=True, help="for a disk image"),
            _argument("--yes", action="store_true", help="remove what is listed"),
        ),
    ),
    Subcommand("light", "show the state on the LED of the settings", "sudo kitting-agent light"),
    Subcommand(
        "guard",
        "close the metadata service to others on this gateway, or open it, as the settings say",
        "kitting-agent guard",
    ),
)


def main(argv: Sequence[str] | None = None, begun: Exchange | None = None) -> int:
    """Runs one command and returns its exit code; `begun` is a question that a pass has asked already."""
    words = sys.argv[1:] if argv is None else argv
    arguments = parser(words).parse_args(words, argparse.Namespace(begun=begun))
    return ended_well("kitting-agent", lambda: _run(arguments, load(arguments.config)), as_json=arguments.json)


def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    exit_code: int = import_module(f"agent.commands.{arguments.command}").run(arguments, settings)
    return exit_code


def parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The command line, from which the man page is made too. With `words` only the commands that are among them."""
    top = Parser(
        prog="kitting-agent",
        description="Identifies this gateway by its SIM, and applies the configuration of the SIM's group.",
        epilog="example: kitting-agent status",
    )
    top.add_argument("--version", action="version", version=f"kitting-agent {__version__}")
    top.add_argument("--config", type=Path, metavar="FILE", help=f"settings (default: {DEFAULT_PATH}, if it is there)")
    top.add_argument("--json", action="store_true", help="print values for programs instead of lines for people")
    subparsers = top.add_subparsers(required=True, metavar="COMMAND")
    for command in [command for command in COMMANDS if command.name in words] or COMMANDS:
        text, example = f"{command.help.capitalize()}.", f"example: {command.example}"
        sub = subparsers.add_parser(command.name, help=command.help, description=text, epilog=example)
        sub.set_defaults(command=command.name)
        sub.add_argument("--config", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="settings")
        sub.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print values for programs")
        for argument in command.arguments:
            sub.add_argument(argument.name, **argument.options)
    return top
