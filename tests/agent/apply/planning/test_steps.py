"""What people are shown of a step."""

import pytest

from agent.apply.planning.nodes import Absent, Directory, File, Large, Symlink
from agent.apply.planning.steps import MAX_SHOWN, ActionStep, FileStep
from agent.effects import ActivateConnections, Power, PowerState, RunCommand, ServiceVerb, Verb
from agent.reasons import DocumentKey

KEY = DocumentKey(("units", 0))
FILE = File(b"", 0o644, 0, 0)


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (Absent(), FILE, "created"),
        (FILE, Large("0" * 64, 1, 0o644, 0, 0), "changed"),
        (FILE, Absent(), "removed"),
        (Absent(), Directory(0o755, 0, 0), "made"),
        (FILE, Symlink("x", 0, 0), "linked"),
    ],
)
def test_a_file_step_is_one_word_and_its_path(before, after, what):
    step = FileStep("/etc/a", before, after, KEY)
    assert (step.what, step.where) == (what, "/etc/a")


@pytest.mark.parametrize(
    ("action", "what", "where"),
    [
        (RunCommand(("sh", "-c", "a b"), 1.0), "ran", "sh -c 'a b'"),
        (ServiceVerb("a.service", Verb.MASK), "masked", "a.service"),
        (ServiceVerb("a.service", Verb.RELOAD), "reloaded", "a.service"),
        (ActivateConnections(("wan", "lan")), "activated", "wan, lan"),
        (PowerState(Power.REBOOT, 60.0), "reboot ordered", "in 60 s"),
    ],
)
def test_an_action_is_its_verb_and_what_it_acts_on(action, what, where):
    step = ActionStep(action, KEY)
    assert (step.what, step.where) == (what, where)


def test_of_a_sensitive_or_long_command_not_everything_is_shown():
    assert ActionStep(RunCommand(("login", "canary"), 1.0), KEY, sensitive=True).where == "(sensitive)"
    assert len(ActionStep(RunCommand(("x" * 1000,), 1.0), KEY).where) == MAX_SHOWN
