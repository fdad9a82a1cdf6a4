"""Entry point. How every process of this product ends: a failure in two lines, a bug in one, never a traceback."""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn

from agent.errors import Code, Failure, failure_from
from agent.host.visible_output import as_it_is, visible_output
from agent.visible_text import HIDDEN

_USUAL_COLUMNS = 80
_POSIX_MODULES = frozenset({"fcntl", "grp", "pty", "pwd", "termios", "tty"})
_PACKAGES = {"serial": "pyserial", "systemd": "systemd-python", "yaml": "PyYAML"}
"""The packages whose name differs from the name of their module."""


def ended_well(program: str, run: Callable[[], int], *, as_json: bool) -> int:
    """Runs a command and returns its exit code; prints a failure or a bug. Every line is cleaned (`visible_output`)."""
    with visible_output():
        return _ended_well(program, run, as_json=as_json)


def _ended_well(program: str, run: Callable[[], int], *, as_json: bool) -> int:  # noqa: PLR0911 (a case for each end)
    try:
        return run()
    except Failure as failure:
        return refuse(program, failure, as_json=as_json)
    except ModuleNotFoundError as error:
        return refuse(program, module_missing(error.name or str(error)), as_json=as_json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return os.EX_IOERR
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Exception as error:
        if isinstance(error, PermissionError) and os.geteuid() != 0:
            return refuse(program, failure_from(error, Code.FILE_UNREADABLE, error.filename or ""), as_json=as_json)
        return bug(program, error, as_json=as_json)


def module_missing(name: str) -> Failure:
    """The failure for a Python module that cannot be found: another system, or an incomplete installation."""
    top = name.partition(".")[0]
    if top in _POSIX_MODULES:
        what = f"this command needs a POSIX system: there is no Python module {top} here"
        return Failure(Code.INSTALLATION_INCOMPLETE, what, advice="Use Linux; on Windows, Linux in WSL.")
    package = _PACKAGES.get(top, top)
    advice = f"Install the package {package} into the same Python environment, or the program again."
    return Failure(Code.INSTALLATION_INCOMPLETE, f"the Python module {name} is not installed", advice=advice)


def refuse(program: str, failure: Failure, *, as_json: bool) -> int:
    """Prints what was wrong and what to do; returns the exit code."""
    if as_json:
        values = {
            "code": failure.code.text,
            "message": failure.detail,
            "where": failure.where,
            "advice": failure.advice,
        }
        print_json({"failure": values})
    print(f"{program}: {failure}", file=sys.stderr)
    print(f"  {failure.advice}", file=sys.stderr)
    return failure.code.exit_code


def bug(program: str, error: BaseException, *, as_json: bool) -> int:
    """Prints one line for a person, and keeps the traceback in the journal and in a file; returns the exit code."""
    import tempfile
    import traceback

    from agent.host.systemd import log_to_journal

    text = "".join(traceback.format_exception(error))
    log_to_journal(f"{Code.BUG.text}: {error!r}", 3, {"ERROR_CODE": Code.BUG.text, "TRACEBACK": text})
    place = "the journal"
    try:
        with tempfile.NamedTemporaryFile("w", prefix=f"{program}-bug-", suffix=".txt", delete=False) as note:
            note.write(text)
            place = note.name
    except OSError:
        pass
    failure = Failure(Code.BUG, f"{type(error).__name__}; the details are in {place}")
    return refuse(program, failure, as_json=as_json)


def read_input(place: Path) -> bytes:
    """Content of a file that a person named; `-` is standard input. Raises `file.unreadable`."""
    if str(place) != "-":
        try:
            return place.read_bytes()
        except OSError as error:
            raise failure_from(error, Code.FILE_UNREADABLE, place) from None
    try:
        return sys.stdin.buffer.read()
    except (OSError, AttributeError):  # without a standard input, sys.stdin is None
        raise Failure(Code.FILE_UNREADABLE, "standard input cannot be read", where="-") from None


def print_lines(lines: Iterable[str]) -> None:
    """Prints lines for people."""
    for line in lines:
        print(line, flush=True)


def print_json(values: object) -> None:
    """Prints values for programs, as JSON, which is clean already: in one piece, since it may be large."""
    print(json_text(values, indent=2), file=as_it_is(sys.stdout), flush=True)


def json_text(values: object, indent: int | None = None) -> str:
    """Values as JSON; a character that cannot be seen is escaped, so that it reaches a program and no terminal."""
    return re.sub(rf"(?!\n){HIDDEN}", _escaped, json.dumps(values, ensure_ascii=False, indent=indent))


def _escaped(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1]


class _Formatter(argparse.HelpFormatter):
    """As wide as the terminal. argparse makes a formatter for each argument, and would load `shutil` for the width."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    """The width of the terminal, as shutil.get_terminal_size finds it out."""
    named = os.environ.get("COLUMNS", "")
    if named.isascii() and named.isdecimal() and int(named[:9]):
        return int(named[:9])
    try:
        return os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else -1).columns or _USUAL_COLUMNS
    except (OSError, ValueError):
        return _USUAL_COLUMNS


class Parser(argparse.ArgumentParser):
    """A parser that ends with the exit code of sysexits.h, not with argparse's own."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": _Formatter, **options})

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """Refuses a word that is no choice; where one of the choices is like it, only that one is named."""
        choices = list(map(str, action.choices or ()))
        if choices and value not in (action.choices or ()):
            from difflib import get_close_matches

            likely = get_close_matches(str(value), choices, n=1)
            advice = f"do you mean {likely[0]}?" if likely else f"choose from {', '.join(choices)}"
            raise argparse.ArgumentError(action, f"invalid choice: {str(value)!r}; {advice}")

    def error(self, message: str) -> NoReturn:
        """Prints the usage and what is wrong, and ends the process."""
        self.print_usage(sys.stderr)
        self.exit(os.EX_USAGE, f"{self.prog}: {message}\n")
