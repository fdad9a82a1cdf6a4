"""Edge. The record of a command: a JSON object on each line, appended at once, so that it survives the command."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from agent.errors import Code, failure_from


def record_of_plan(plan: Path) -> Path:
    """The file in which the commands of a plan are recorded: PLAN.record.jsonl beside it."""
    return plan.with_suffix(".record.jsonl")


class RecordFile:
    """An open record; raises `file.unwritable` when it is opened and when it is written."""

    def __init__(self, path: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path, self._now = path, now
        try:
            self._file = path.open("a", encoding="utf-8")
        except OSError as error:
            raise failure_from(error, Code.FILE_UNWRITABLE, path) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        with suppress(OSError):  # closing repeats a write that failed, and that write() has reported
            self._file.close()

    def write(self, **members: object) -> None:
        """Appends one line with the time and these members."""
        line = {"at": self._now().isoformat(timespec="seconds"), **members}
        try:
            self._file.write(f"{json.dumps(line, ensure_ascii=False)}\n")
            self._file.flush()
        except OSError as error:
            raise failure_from(error, Code.FILE_UNWRITABLE, self._path) from None
