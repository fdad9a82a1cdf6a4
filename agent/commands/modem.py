"""Entry point. `modem`: every port of the gateway's modems, and the whole dialogue with `--trace`."""

from __future__ import annotations

import argparse
import os
import sys

from agent import __version__
from agent.commands.display.modem import modem_lines, modem_values
from agent.errors import Code, failure_from
from agent.host.process_entry import print_json, print_lines
from agent.identity import NotRead
from agent.modem import dialogue_file
from agent.modem.reading import survey
from agent.modem.survey import Survey
from agent.settings import Settings

STANDARD_OUTPUT = "-"


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Asks every port, and prints or writes the answers; the exit code is that of an IMEI that was not read."""
    found = survey(settings.modem)
    if arguments.trace is not None:
        _write_trace(arguments.trace, found, masked=arguments.mask)
    if arguments.trace == STANDARD_OUTPUT:
        pass
    elif arguments.json:
        print_json(modem_values(found))
    else:
        print_lines(modem_lines(found))
    imei = found.equipment.imei
    return imei.code.exit_code if isinstance(imei, NotRead) else os.EX_OK


def _write_trace(place: str, found: Survey, *, masked: bool) -> None:
    """Writes the dialogue to a file that only its owner may read, or to standard output."""
    origin = f"recorded by kitting-agent {__version__}" + (", masked" if masked else "")
    text = dialogue_file.trace(dialogue_file.masked_exchanges(found.exchanges) if masked else found.exchanges, origin)
    if place == STANDARD_OUTPUT:
        print_lines([text])
        return
    try:
        with open(place, "w", encoding="ascii", opener=_open_for_owner) as file:
            file.write(text)
    except OSError as error:
        raise failure_from(error, Code.USAGE, place, advice="Name another file.") from None
    kept = "masked" if masked else "in it as they are: --mask replaces them"
    print(f"{place}: the dialogue with each port; the numbers of modem and SIM are {kept}", file=sys.stderr)


def _open_for_owner(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
