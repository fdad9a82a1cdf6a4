"""Entry point: what the desk's commands have in common: who asks, where, asking back, and progress."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from agent.errors import Code, Failure
from agent.host.program_files import json_file, userdata_schema
from fleet.plan.plan import Files, Plan, Schemas, files_named, plan_of
from fleet.platform.api import Api
from fleet.platform.credentials import AccessOptions
from fleet.platform.profile import profile_of

MAX_FILE_BYTES = 64 * 1024 * 1024


def add_access(command: argparse.ArgumentParser) -> None:
    """The options that say who asks the API, and where."""
    access = command.add_argument_group("access to the SORACOM API")
    access.add_argument(
        "--profile", metavar="NAME", help="soracom-cli's profile (default: SORACOM_PROFILE, or default)"
    )
    access.add_argument("--coverage-type", choices=("jp", "g"), help="Japanese or global coverage")
    access.add_argument("--endpoint", metavar="URL", help="another place to ask, such as a simulator")
    access.add_argument("--mfa", metavar="CODE", default="", help="this minute's code of the second factor")
    access.add_argument("--at-once", type=int, default=8, metavar="N", help="requests side by side (default: 8)")


def api_of(arguments: argparse.Namespace) -> Api:
    """The API as the options say; raises `profile.*`."""
    options = AccessOptions(arguments.profile, arguments.coverage_type, arguments.endpoint, arguments.mfa)
    profile = profile_of(options, os.environ, Path.home())
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kitting"
    return Api(profile, cache, at_once=min(64, max(1, arguments.at_once)))


def read_plan(path: Path) -> Plan:
    """The plan in a file, and what lies beside it; raises `file.unreadable` and `plan.invalid`."""
    text = _text(path)
    contents = {}
    for name in files_named(text):
        try:
            contents[name] = _read(path.parent / name)
        except Failure:
            continue
    return plan_of(text, Files(contents), schemas())


def schemas() -> Schemas:
    """The schemas that came with the program; raises `installation.incomplete`."""
    return Schemas(json_file("plan.schema.json"), userdata_schema())


def agreed(question: str, *, yes: bool) -> bool:
    """Whether a person says yes; where nobody can be asked, only `--yes` is a yes."""
    if yes:
        return True
    if not sys.stdin.isatty():
        print(f"{question} Nobody is here to ask: say it with --yes.", file=sys.stderr)
        return False
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


class Progress:
    """A line on the terminal that says how far it is; silent where nobody looks."""

    def __init__(self, total: int, what: str, to: TextIO | None = None) -> None:
        self._total, self._what, self._to = total, what, to or sys.stderr
        self._done = 0
        self._shows = self._to.isatty() and total > 0

    def step(self) -> None:
        """One more."""
        self._done += 1
        if self._shows and (self._done == self._total or self._done % max(1, self._total // 200) == 0):
            share = self._done * 30 // self._total
            bar = "#" * share + "." * (30 - share)
            end = "\n" if self._done == self._total else ""
            print(f"\r{self._what} [{bar}] {self._done}/{self._total}", end=end, file=self._to, flush=True)


class Record:
    """What was done, a JSON object a line, appended as it is done: it survives whatever ends the command."""

    def __init__(self, path: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        try:
            self._file = path.open("a", encoding="utf-8")
        except OSError as error:
            raise Failure(Code.FILE_UNWRITABLE, error.strerror or str(error), where=str(path)) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self._file.close()

    def write(self, **members: object) -> None:
        """One line, at once on its way to the disk."""
        line = {"at": self._now().isoformat(timespec="seconds"), **members}
        try:
            self._file.write(f"{json.dumps(line, ensure_ascii=False)}\n")
            self._file.flush()
        except OSError as error:
            raise Failure(Code.FILE_UNWRITABLE, error.strerror or str(error), where=self._file.name) from None


def _text(path: Path) -> str:
    try:
        return _read(path).decode()
    except UnicodeDecodeError:
        raise Failure(Code.PLAN_INVALID, "not UTF-8", where=str(path)) from None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise Failure(Code.FILE_UNREADABLE, error.strerror or str(error), where=str(path)) from None
    if len(content) > MAX_FILE_BYTES:
        raise Failure(Code.FILE_UNREADABLE, "larger than anything that is meant", where=str(path))
    return content
