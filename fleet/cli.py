"""Entry point: `kitting`, what people at the desk type.

Exit codes follow sysexits.h: 0 done, 64 usage, 65 a wrong document, 66 no such file, 73 cannot write, 77 no signature.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agent import __version__
from agent.errors import Code, Failure
from agent.host.process_entry import Parser, ended_well, print_json, read_input

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    arguments = parser().parse_args(argv)
    command: Command = arguments.command
    return ended_well("kitting", lambda: command(arguments), as_json=arguments.json)


def _check(arguments: argparse.Namespace) -> int:
    userdata = read_input(arguments.file)
    lines = _problems(userdata, str(arguments.file))
    if arguments.json:
        print_json({"problems": lines})
    else:
        print("\n".join(lines) or f"{arguments.file}: fine")
    return os.EX_DATAERR if lines else os.EX_OK


def _sign(arguments: argparse.Namespace) -> int:
    from fleet.signing.document_serial import with_serial
    from fleet.signing.ssh_keygen import signed

    text = with_serial(read_input(arguments.file), datetime.now(UTC))
    if lines := _problems(text, str(arguments.file)):
        raise Failure(
            Code.USERDATA_INVALID, "; ".join(lines[:5]), advice="Nothing was signed. See: kitting check FILE."
        )
    userdata = signed(text, arguments.key)
    _write(arguments.out, userdata)
    if arguments.out:
        _say(arguments, userdata)
    return os.EX_OK


def _say(arguments: argparse.Namespace, userdata: bytes) -> None:
    from agent.configuration.signed_text import split

    serial = split(userdata).serial
    if arguments.json:
        print_json({"file": str(arguments.out), "bytes": len(userdata), "serial": serial})
    else:
        print(f"{arguments.out}: {len(userdata)} bytes, serial {serial}")


def _problems(userdata: bytes, name: str) -> list[str]:
    from agent.configuration.resolving import check
    from agent.configuration.signed_text import split
    from agent.host.program_files import userdata_schema

    return [f"{name}: {problem}" for problem in check(split(userdata).text, userdata_schema())]


def _write(path: Path | None, content: bytes) -> None:
    if path is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Failure(Code.FILE_UNWRITABLE, error.strerror or str(error), where=str(path)) from None


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = Parser(
        prog="kitting",
        description="The desk's side of kitting.",
        epilog="example: kitting sign userdata.yaml --key author --out signed.yaml",
    )
    top.add_argument("--version", action="version", version=f"kitting {__version__}")
    top.add_argument("--json", action="store_true", help="print values for programs instead of lines for people")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    check = _command(commands, "check", _check, "validate a userdata file (- for standard input)", "userdata.yaml")
    check.add_argument("file", type=Path, metavar="FILE", help="the userdata document")
    sign = _command(
        commands,
        "sign",
        _sign,
        "put a signature below a userdata document",
        "userdata.yaml --key author --out signed.yaml",
    )
    sign.add_argument("file", type=Path, metavar="FILE", help="the document; a signature that stands in it is replaced")
    sign.add_argument(
        "--key", type=Path, required=True, metavar="KEY", help="the author's key, as ssh-keygen -f takes it"
    )
    sign.add_argument("--out", type=Path, metavar="FILE", help="where to write it; standard output without it")
    _add_desk(commands)
    return top


def _add_desk(commands: argparse._SubParsersAction[Parser]) -> None:
    """The commands that ask the SORACOM API."""
    from fleet.board import command as board_command
    from fleet.board.live import live
    from fleet.commands import bench as bench_command
    from fleet.commands import field as field_command
    from fleet.commands import hook as hook_command
    from fleet.commands import permissions as permissions_command
    from fleet.commands import prepare as prepare_command
    from fleet.commands import sandbox as sandbox_command
    from fleet.commands.console import add_access

    def command(*words: Any) -> argparse.ArgumentParser:
        sub = _command(*words)
        add_access(sub)
        return sub

    for one in (prepare_command, bench_command, field_command, hook_command, permissions_command, sandbox_command):
        one.add(commands, command)
    board_command.add(commands, command, live)


def _command(
    commands: argparse._SubParsersAction[Parser], name: str, command: Command, what: str, example: str
) -> argparse.ArgumentParser:
    sub = commands.add_parser(
        name, help=what, description=f"{what[0].upper()}{what[1:]}.", epilog=f"example: kitting {name} {example}"
    )
    sub.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print values for programs")
    sub.set_defaults(command=command)
    return sub
