"""Entry point. `kitting sign`: puts a serial and a signature into a userdata document."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from agent.errors import Code, Failure, failure_from
from agent.host.process_entry import print_json, read_input
from fleet.commands.check import problems_of
from fleet.commands.command_line import CommandLine

_MOST_NAMED = 5


def sign(arguments: argparse.Namespace) -> int:
    """Signs a valid document; raises `userdata.invalid`, `sign.failed` and `file.*`."""
    from fleet.signing.document_serial import with_serial
    from fleet.signing.ssh_keygen import signed

    text = with_serial(read_input(arguments.file), datetime.now(UTC))
    if problems := problems_of(text, str(arguments.file)):
        advice = "Nothing was signed. To see all problems: kitting check FILE."
        raise Failure(Code.USERDATA_INVALID, "; ".join(problems[:_MOST_NAMED]), advice=advice)
    userdata = signed(text, arguments.key)
    if arguments.out is None:
        sys.stdout.buffer.write(userdata)
        sys.stdout.buffer.flush()
        return os.EX_OK
    try:
        arguments.out.write_bytes(userdata)
    except OSError as error:
        raise failure_from(error, Code.FILE_UNWRITABLE, arguments.out) from None
    _print_result(arguments, userdata)
    return os.EX_OK


def _print_result(arguments: argparse.Namespace, userdata: bytes) -> None:
    from agent.configuration.signed_text import split

    serial = split(userdata).serial
    if arguments.json:
        print_json({"file": str(arguments.out), "bytes": len(userdata), "serial": serial})
    else:
        print(f"{arguments.out}: {len(userdata)} bytes, serial {serial}")


def add(commands: CommandLine) -> None:
    """Adds the command."""
    command = commands.add("sign", sign, "sign a userdata document", "userdata.yaml --key author --out signed.yaml")
    command.add_argument("file", type=Path, metavar="FILE", help="the document; a signature in it is replaced")
    command.add_argument(
        "--key", type=Path, required=True, metavar="KEY", help="the author's key, as ssh-keygen -f takes it"
    )
    command.add_argument("--out", type=Path, metavar="FILE", help="the signed document (default: standard output)")
