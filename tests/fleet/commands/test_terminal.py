"""What a person at a terminal sees and answers."""

import io
import os
import pty
import sys

import pytest

from fleet.commands.terminal import ProgressBar, is_confirmed


class Terminal(io.StringIO):
    """An output that is a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def typed(monkeypatch):
    """Standard input as a terminal at which a person has typed something."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield lambda text: os.write(ours, text.encode())
    os.close(ours)


@pytest.mark.parametrize(("text", "agrees"), [("y\n", True), ("YES\n", True), ("n\n", False), ("\n", False)])
def test_a_person_agrees_with_a_yes_only(typed, capsys, text, agrees):
    typed(text)
    assert is_confirmed("Continue?", yes=False) is agrees
    assert "Continue? [y/N]" in capsys.readouterr().err


def test_without_a_terminal_only_the_option_agrees(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert not is_confirmed("Continue?", yes=False)
    assert "--yes" in capsys.readouterr().err
    assert is_confirmed("Continue?", yes=True)


def test_progress_is_a_bar_that_ends_with_a_line_break():
    output = Terminal()
    progress = ProgressBar(3, "locking", output)
    for _ in range(3):
        progress.step()
    assert output.getvalue().split("\r")[-1] == f"locking [{'#' * 30}] 3/3\n"


def test_progress_of_many_items_is_not_printed_for_each():
    output = Terminal()
    progress = ProgressBar(10_000, "preparing", output)
    for _ in range(10_000):
        progress.step()
    assert output.getvalue().count("\r") == 200


@pytest.mark.parametrize(("output", "total"), [(io.StringIO(), 3), (Terminal(), 0)])
def test_progress_is_silent_without_a_terminal_and_without_items(output, total):
    progress = ProgressBar(total, "locking", output)
    progress.step()
    assert output.getvalue() == ""
