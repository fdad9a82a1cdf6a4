"""Entry point. The command line of `kitting`, to which each command adds itself."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from agent.host.process_entry import Parser
from fleet.commands.api_access import add_access_options
from fleet.listen_address import ListenAddress, listen_address_of

Run = Callable[[argparse.Namespace], int]
"""Runs a command and returns its exit code; raises `Failure`."""


class CommandLine:
    """The commands of one parser."""

    def __init__(self, parser: Parser) -> None:
        self._commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(self, name: str, run: Run, summary: str, example: str) -> argparse.ArgumentParser:
        """Adds a command; the caller adds its arguments.

        Args:
            name: the name of the command.
            run: carries the command out.
            summary: what it does, without a capital letter and a full stop.
            example: arguments for an example in the help.
        """
        command = self._commands.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=f"example: kitting {name} {example}",
        )
        command.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print values for programs")
        command.set_defaults(command=run)
        return command

    def add_with_api(self, name: str, run: Run, summary: str, example: str) -> argparse.ArgumentParser:
        """Adds a command that uses the SORACOM API, with the options that choose its user and endpoint."""
        command = self.add(name, run, summary, example)
        add_access_options(command)
        return command


def listen_argument(text: str) -> ListenAddress:
    """The value of an option that takes HOST:PORT; raises what argparse expects."""
    try:
        return listen_address_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def add_plan(command: argparse.ArgumentParser) -> None:
    """Adds the argument that names the kitting plan."""
    command.add_argument("plan", type=Path, metavar="PLAN", help="the kitting plan")
