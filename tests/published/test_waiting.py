"""A wait ends when its event comes, and one that gives up says what it saw last."""

import io
import queue
import signal
import subprocess
import sys
import threading

import pytest
import waiting
from waiting import exit_of, happened, joined, json_of, line_of, lines_of, output_of, returned, started, taken, until


@pytest.fixture
def no_patience(monkeypatch):
    monkeypatch.setattr(waiting, "PATIENCE_S", 0.0)


@pytest.fixture
def sleeper():
    """A process that says one line and then waits for its input to end."""
    code = "import sys; print('ready', flush=True); sys.exit(len(sys.stdin.read()))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process


def why(call, *arguments, **more):
    with pytest.raises(pytest.fail.Exception) as caught:
        call(*arguments, **more)
    return str(caught.value)


def test_what_is_looked_for_is_returned_once_it_holds():
    numbers = iter(range(9))
    assert until("three", lambda: next(numbers), lambda number: number == 3) == 3


@pytest.mark.usefixtures("no_patience")
def test_a_condition_that_never_holds_shows_what_was_seen_last():
    assert "not within 0 s: a third pass; last seen: 2" in why(until, "a third pass", lambda: 2, lambda seen: seen == 3)


def test_a_process_that_has_ended_is_not_waited_for(sleeper):
    sleeper.stdin.close()
    output = why(until, "a file", lambda: "no file", lambda _: False, process=sleeper)
    assert "a file; its process has ended with 0; last seen: 'no file'" in output


def test_what_a_process_did_before_its_end_is_still_seen(sleeper):
    sleeper.stdin.close()
    exit_of(sleeper)
    assert until("its end", lambda: 7, lambda seen: seen == 7, process=sleeper) == 7


def test_lines_output_and_exit_codes_come_from_a_process(sleeper):
    assert line_of(sleeper.stdout) == "ready\n"
    sleeper.stdin.write("four")
    sleeper.stdin.close()
    assert exit_of(sleeper) == 4


def test_a_process_of_a_test_that_fails_is_killed():
    with pytest.raises(ZeroDivisionError), started(["sleep", "1000"]) as process:
        1 / 0  # noqa: B018 (a failure)
    assert process.returncode == -signal.SIGKILL


@pytest.mark.usefixtures("no_patience")
def test_a_process_that_goes_on_is_named(sleeper):
    assert "it still runs" in why(exit_of, sleeper)
    assert "it still runs and has said" in why(output_of, sleeper)


@pytest.mark.usefixtures("no_patience")
def test_a_thread_that_goes_on_is_shown_with_its_place():
    over = threading.Event()

    def stays_here():
        over.wait()

    thread = threading.Thread(target=stays_here, name="one that stays")
    thread.start()
    try:
        assert "one that stays" in why(joined, thread)
        assert "in stays_here" in why(joined, thread)
        assert "in stays_here" in why(returned, "an answer", stays_here)
    finally:
        over.set()
        thread.join()


@pytest.mark.usefixtures("no_patience")
def test_a_flag_and_a_queue_that_stay_empty_are_named():
    assert "the first pass; the event was not set" in why(happened, "the first pass", threading.Event())
    assert "a request; the queue stayed empty" in why(taken, "a request", queue.SimpleQueue())


def test_the_lines_of_a_pipe_end_with_it():
    assert list(lines_of(io.StringIO("a\nb"))) == ["a\n", "b"]
    assert list(lines_of(io.BytesIO(b"a\nb"))) == [b"a\n", b"b"]


def test_a_json_value_is_read_over_several_lines_and_its_absence_is_an_error():
    assert json_of(io.StringIO('{"a":\n1\n}\nmore')) == {"a": 1}
    assert "the pipe has ended with '{'" in why(json_of, io.StringIO("{"))


def test_what_a_call_raises_is_raised_here():
    with pytest.raises(ZeroDivisionError):
        returned("a number", lambda: 1 // 0)
    assert returned("a number", lambda: 7) == 7
