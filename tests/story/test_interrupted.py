"""`make demo-desk` as a person meets it who has seen enough."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import lines_of, output_of

from simulator.interruption import Interruption
from story.desk import Story
from story.telling import StoryFailed

CHECKOUT = Path(__file__).parents[2]


@pytest.mark.parametrize("chapter", ["== 1. ", "== 2. "])
def test_an_interrupted_story_leaves_nothing_running_and_nothing_on_the_disk(tmp_path, chapter):
    place = tmp_path / "a b"
    place.mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "story", "--boxes", "4"],
        cwd=CHECKOUT,
        env=os.environ | {"TMPDIR": str(place)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            for line in lines_of(process.stdout):
                if line.startswith(chapter):
                    break
            os.killpg(process.pid, signal.SIGINT)  # as the terminal does at Ctrl-C
            rest, errors = output_of(process)
        finally:
            process.kill()
    assert process.returncode == 130
    assert errors.strip() == "Interrupted. The gateways, the hook and the board are switched off."
    assert "Where to look next" not in rest
    assert list(place.iterdir()) == []
    assert processes_of(place) == []


def processes_of(place):
    """Processes that name the place in their command line or work in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            message = (process / "cmdline").read_bytes().decode(errors="replace") + str((process / "cwd").readlink())
        except OSError:  # (it has ended)
            continue
        if str(place) in message:
            found.append(message)
    return found


def test_a_command_that_fails_breaks_the_story_in_one_sentence(tmp_path):
    failure = pytest.raises(StoryFailed, match=r"kitting watch plan.yaml --json ended with 66: ")
    with Interruption() as interruption, Story(tmp_path, 4, interruption) as story, failure:
        story._count("locked")  # (there is no plan yet)
