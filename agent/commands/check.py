"""Entry point. `check`: whether a userdata document is right, without a SIM."""

from __future__ import annotations

import argparse
import os

from agent.commands.display.problems import problem_lines, problem_values
from agent.configuration import resolving
from agent.configuration.schema_file import userdata_schema
from agent.configuration.signed_text import split
from agent.host.process_entry import print_json, print_lines, read_input
from agent.settings import Settings


def run(arguments: argparse.Namespace, _: Settings) -> int:
    """Prints every problem of the document with its line."""
    problems = resolving.check(split(read_input(arguments.file)).text, userdata_schema())
    if arguments.json:
        print_json(problem_values(problems))
    else:
        print_lines(problem_lines(str(arguments.file), problems))
    return os.EX_DATAERR if problems else os.EX_OK
