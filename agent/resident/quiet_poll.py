"""Story. A quiet poll: one small question, one comparison, and a note, before the rest of the program is loaded.

    read the note      a whole pass has left it, with all that this poll needs
    compare            settings, state file, journal and orders have to be as they were then
    ask                one question, over one connection
    compare            the answer has to be the one of the last whole pass
    note               what was learnt and counted; the file system is in memory

Where anything is otherwise, nothing is written, and a whole pass follows in this process with the answer that came:
`provision.poll` reads it as if it had asked itself. So this file decides only that nothing has changed; what a change
or a failure means is decided there. It imports only what such a poll needs (`tests/agent/resident/test_quiet_poll.py`).
"""

from __future__ import annotations

import os
import sys
import time

from agent import __version__
from agent.host import disk_room
from agent.host.foreign_files import read_bounded, write_until_boot
from agent.host.locks import is_held, take
from agent.host.systemd import log_end, log_to_journal, standard_error_is_journal, tell_manager
from agent.metadata.small_question import Exchange, PlainAnswer, Question, Way, ask, plain_answer
from agent.provision import poll_note
from agent.provision.poll_note import Condition, Counted, Learnt, PollNote, Standing
from agent.resident import pace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_INFO = 6
_OK, _NOT_MODIFIED = 200, 304


class Call:
    """The words of a pass that may be a quiet poll."""

    def __init__(self, config: str, pipe: int | None) -> None:
        self.config = config
        self.pipe = pipe
        """Where the resident awaits the pause until the next pass."""


def call_of(words: Sequence[str]) -> Call | None:
    """What these words of the command line ask for; None for anything but a plain pass."""
    config, pipe, commands = "", None, 0
    rest = iter(words)
    for word in rest:
        if word == "provision":
            commands += 1
        elif word == "--config" and not config:
            config = next(rest, "")
            if not config or config.startswith("-"):
                return None
        elif word == "--next-pass-to" and pipe is None:
            number = next(rest, "")
            if not (number.isascii() and number.isdecimal()):
                return None
            pipe = int(number[:9])
        else:
            return None
    return Call(config, pipe) if commands == 1 else None


def quiet_poll(words: Sequence[str], place: str) -> Exchange | bool:
    """Makes a pass of this command line, if it is a quiet poll: True.

    Else False, or the question that was asked already, for the whole pass that has to follow. `place` is the directory
    for files that live until the next boot.
    """
    call = call_of(words)
    path = f"{place}/{poll_note.NAME}"
    try:
        if call is None or os.stat(place).st_uid != os.geteuid():  # noqa: PTH116 (no pathlib)
            return False  # another user's note is not believed
        content = read_bounded(path, poll_note.MAX_BYTES)
        note = poll_note.parse(content)
        standing, counted = note.standing, note.counted
        if standing is None or counted is None or not _is_valid(standing, note.learnt, call):
            return False
        lock = take(standing.lock)
    except (OSError, ValueError):
        return False
    try:
        is_same = read_bounded(path, poll_note.MAX_BYTES) == content and all(map(_holds, note.conditions))
        polled = _poll(note, standing, counted, path) if is_same else False
    except OSError:
        return False
    finally:
        os.close(lock)
    if not isinstance(polled, Counted):
        return polled
    _end(standing, polled, call.pipe)
    return True


def _is_valid(standing: Standing, learnt: Learnt, call: Call) -> bool:
    """Whether the note is for this program, user, call and moment. Raises `OSError` for a closed pipe."""
    age_s = time.time() - standing.since_s
    return (
        (standing.version, standing.user, standing.config) == (__version__, os.geteuid(), call.config)
        and poll_note.another_may_follow(learnt.quiet_polls)
        and time.time() >= standing.clock_floor_s
        and 0 <= age_s < standing.period_s
        and (call.pipe is None or bool(os.fstat(call.pipe)))
    )


def _holds(condition: Condition) -> bool:
    if condition.kind == Condition.ABSENT:
        return not os.path.lexists(condition.path)
    if condition.kind == Condition.NOT_LOCKED:
        return not is_held(condition.path)
    if condition.kind == Condition.HAS_ROOM:
        return not disk_room.refusal(condition.path, poll_note.LEAST_FREE_BYTES)
    return poll_note.digest(read_bounded(condition.path, poll_note.MAX_BYTES)) == condition.sha256


def _poll(note: PollNote, standing: Standing, counted: Counted, path: str) -> Exchange | Counted:
    """Asks and compares; what is counted with this poll, where nothing has changed and that is noted."""
    is_record = poll_note.is_record_asked(note.learnt.quiet_polls)
    question_path = standing.prefix + (poll_note.RECORD if is_record else poll_note.USERDATA)
    question = Question(standing.host, standing.port, question_path, "" if is_record else note.learnt.etag)
    way = Way(standing.interface, standing.family, standing.timeout_s, is_address=bool(standing.is_address))
    exchange = ask(question, way)
    answer = plain_answer(exchange.received) if exchange.connection else None
    now_s = time.time()
    if not answer or not _is_clock_right(answer, now_s) or not _is_same(answer, standing, note.learnt, is_record):
        return exchange
    carried = pace.at_ip_layer(exchange.sent + len(exchange.received), exchange.connections, 1)
    counted = Counted(since=counted.since, passes=counted.passes + 1, bytes=counted.bytes + carried)
    noted = PollNote(_with_poll(note.learnt, int(now_s)), counted, standing, note.conditions)
    try:
        write_until_boot(path, noted.content())
    except OSError:
        return exchange
    exchange.drop()
    return counted


def _with_poll(learnt: Learnt, now_s: int) -> Learnt:
    quiet_polls = learnt.quiet_polls + 1
    return Learnt(state_digest=learnt.state_digest, quiet_polls=quiet_polls, ended_s=now_s, etag=learnt.etag)


def _is_same(answer: PlainAnswer, standing: Standing, learnt: Learnt, is_record: bool) -> bool:  # noqa: FBT001 (two questions)
    """Whether the answer shows what the last whole pass saw; False also for what only a whole pass understands."""
    if is_record:
        return answer.status == _OK and answer.body.strip() == standing.seen_record.encode()
    if answer.headers.get("etag", learnt.etag) != learnt.etag:
        return False  # the new one has to be examined before it is sent back
    if answer.status == _NOT_MODIFIED:
        return bool(learnt.etag)
    return answer.status == _OK and poll_note.digest(answer.body) == standing.seen_userdata


def _is_clock_right(answer: PlainAnswer, now_s: float) -> bool:
    """Whether the service's clock shows the same day; else `host.clock` has to compare the two."""
    date = answer.headers.get("date", "")
    return not date or time.strftime(" %d %b %Y ", time.gmtime(now_s)) in date


def _pause_s(standing: Standing, counted: Counted) -> float:
    """Seconds until the resident's next pass."""
    affordable_s = 0.0
    if standing.budget_bytes:
        age_s = time.time() - standing.since_s
        affordable_s = pace.affordable_pause_s(
            standing.budget_bytes, standing.budget_period_s, counted.passes, counted.bytes, age_s
        )
    return pace.pause_without_failure_s(standing.interval_s, affordable_s, standing.part_of_jitter_s)


def _end(standing: Standing, counted: Counted, pipe: int | None) -> None:
    """Names the pause to the resident, and shows the end as `commands.progress` shows that of a whole pass."""
    text = "provisioned: nothing to do"
    tell_manager(f"STATUS={text}")
    if standard_error_is_journal():
        log_to_journal(f"fetch: {poll_note.NOTHING_CHANGED}", _INFO, {"STEP": "fetch"})
        log_end(text, _INFO, {"STATE": "provisioned", "CONFIG": standing.configuration, "IMEI": standing.imei})
    else:
        sys.stdout.write(f"{'fetch':<9} {poll_note.NOTHING_CHANGED}\n")
    sys.stdout.write(f"{'done':<9} provisioned\n")
    if pipe is not None:
        os.write(pipe, f"{_pause_s(standing, counted) * 1000:.0f}".encode())
