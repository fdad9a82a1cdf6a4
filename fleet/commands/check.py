"""Entry point. `kitting check`: validates a userdata document as a device does."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from agent.host.process_entry import print_json, print_lines, read_input
from fleet.commands.command_line import CommandLine


def check(arguments: argparse.Namespace) -> int:
    """Prints every problem; exit code 65 where there is one."""
    problems = problems_of(read_input(arguments.file), str(arguments.file))
    if arguments.json:
        print_json({"problems": problems})
    else:
        print_lines(problems or [f"{arguments.file}: valid"])
    return os.EX_DATAERR if problems else os.EX_OK


def problems_of(userdata: bytes, name: str) -> list[str]:
    """Everything that is wrong with a userdata document, a line each; `name` is the file's."""
    from agent.configuration.resolving import check as problems_in
    from agent.configuration.schema_file import userdata_schema
    from agent.configuration.signed_text import split

    return [f"{name}: {problem}" for problem in problems_in(split(userdata).text, userdata_schema())]


def add(commands: CommandLine) -> None:
    """Adds the command."""
    command = commands.add("check", check, "validate a userdata document (- for standard input)", "userdata.yaml")
    command.add_argument("file", type=Path, metavar="FILE", help="the userdata document")
