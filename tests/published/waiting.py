"""Edge: how a test waits for something that another thread or process does.

Each function here waits for one kind of event: a thread's end, a process's exit, a line in a pipe, a flag. `until`
looks again and again at what announces itself by no event. There is one limit, `PATIENCE_S`. It is far beyond what the
slowest machine needs, so that it is reached only by what never happens. A wait that gives up fails the test and says
what it waited for and what it saw last.

A test that needs a limit for a socket or for a product's setting that has to be long enough uses `PATIENCE_S` as well.
"""

import json
import queue
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, NoReturn, TypeVar

import pytest

T = TypeVar("T")

PATIENCE_S = 600.0
"""The one limit of the tests: minutes, because a loaded machine may take a hundred times as long as a quiet one."""
LOOK_S = 0.01
"""Between two looks at what announces itself by no event."""


def until(
    what: str,
    look: Callable[[], T],
    holds: Callable[[T], object] = bool,
    *,
    process: subprocess.Popen | None = None,
    every_s: float = LOOK_S,
) -> T:
    """Looks again and again until what is seen is what is wanted, and returns it.

    `what` names what is waited for. Where `process` is named, its end ends the wait: nothing comes any more.
    `every_s` is longer for a look that itself costs time of the processor.
    """
    end = time.monotonic() + PATIENCE_S
    while True:
        alive = process is None or process.poll() is None
        seen = look()
        if holds(seen):
            return seen
        if not alive:
            gives_up(what, f"its process has ended with {process.returncode}; last seen: {seen!r}")
        if time.monotonic() >= end:
            gives_up(what, f"last seen: {seen!r}")
        time.sleep(every_s)


def happened(what: str, event: threading.Event) -> None:
    """Returns when the event has been set."""
    if not event.wait(PATIENCE_S):
        gives_up(what, "the event was not set")


def taken(what: str, things: queue.Queue[T] | queue.SimpleQueue[T]) -> T:
    """The next thing that another thread puts into a queue."""
    try:
        return things.get(timeout=PATIENCE_S)
    except queue.Empty:
        gives_up(what, "the queue stayed empty")


def joined(*threads: threading.Thread) -> None:
    """Returns when the threads have ended; a thread that does not end is shown with the place where it is."""
    for thread in threads:
        thread.join(PATIENCE_S)
        if thread.is_alive():
            gives_up(f"the end of the thread {thread.name}", f"it is at:\n{_place_of(thread)}")


def returned(what: str, call: Callable[[], T]) -> T:
    """What a call returns that may block for ever: it runs in a thread of its own."""
    answer: Future[T] = Future()
    run = threading.Thread(target=_answered, args=(answer, call), name=what, daemon=True)
    run.start()
    try:
        return answer.result(PATIENCE_S)
    except FutureTimeout:
        if answer.done():
            raise
        gives_up(what, f"the call is at:\n{_place_of(run)}")


def _answered(answer: Future[T], call: Callable[[], T]) -> None:
    try:
        answer.set_result(call())
    except Exception as error:  # noqa: BLE001 (raised again by the thread that waits)
        answer.set_exception(error)


def line_of(stream: IO[T], what: str = "a line in a pipe") -> T:
    """The next line of a pipe; an empty text or empty bytes where the pipe has ended."""
    return returned(what, stream.readline)


def lines_of(stream: IO[T]) -> Iterator[T]:
    """The lines of a pipe until it ends."""
    return iter(lambda: line_of(stream), stream.read(0))


def json_of(stream: IO[str]) -> Any:
    """The next JSON value of a pipe, in one line or over several."""
    text, value = "", None
    while value is None:
        if not (line := line_of(stream, "a JSON value in a pipe")):
            gives_up("a JSON value in a pipe", f"the pipe has ended with {text!r}")
        text += line
        with suppress(json.JSONDecodeError):
            value = json.loads(text)
    return value


@contextmanager
def started(command: Sequence[str | Path], **more: Any) -> Iterator[subprocess.Popen]:
    """A process that is waited for at the end, and killed where the test fails."""
    with subprocess.Popen(command, **more) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        exit_of(process)


def exit_of(process: subprocess.Popen) -> int:
    """The exit code of a process, once it has ended."""
    try:
        return process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        gives_up(f"the end of {process.args}", "it still runs")


def output_of(process: subprocess.Popen) -> tuple[str, str]:
    """Standard output and standard error of a process, once it has ended."""
    try:
        return process.communicate(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired as late:
        gives_up(f"the end of {process.args}", f"it still runs and has said {late.output!r}")


def gives_up(what: str, seen: str) -> NoReturn:
    """Fails the test."""
    pytest.fail(f"not within {PATIENCE_S:.0f} s: {what}; {seen}")


def _place_of(thread: threading.Thread) -> str:
    frame = sys._current_frames().get(thread.ident or 0)
    return "".join(traceback.format_stack(frame)) if frame else "(it has just ended)"
