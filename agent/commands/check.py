"""Entry point. `check`: whether a userdata document is right, without a SIM."""

from __future__ import annotations

import argparse
import os

from agent.commands.display.problems import problem_lines, problem_values
from agent.configuration import resolving
from agent.configuration.problems import Problem
from agent.configuration.schema_file import userdata_schema
from agent.configuration.signed_text import split
from agent.errors import Code
from agent.host.process_entry import print_json, print_lines, read_input
from agent.settings import Settings

MAX_GROUP_BYTES = 8192
"""The platform's limit for all settings of a group, the userdata among them."""


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Prints every problem of the document with its line, also what devices with these settings refuse."""
    userdata = read_input(arguments.file)
    problems = resolving.check(split(userdata).text, userdata_schema(), settings.apply)
    if len(userdata) > MAX_GROUP_BYTES:
        problems = (*problems, _too_large(len(userdata)))
    if arguments.json:
        print_json(problem_values(problems))
    else:
        print_lines(problem_lines(str(arguments.file), problems, userdata.decode(errors="replace")))
    return os.EX_DATAERR if problems else os.EX_OK


def _too_large(size: int) -> Problem:
    message = f"{size} bytes; all settings of a SORACOM group together have at most {MAX_GROUP_BYTES}"
    return Problem(Code.USERDATA_TOO_LARGE, None, None, "", message, "gzip -9n <FILE | base64 -w0 makes it smaller")
