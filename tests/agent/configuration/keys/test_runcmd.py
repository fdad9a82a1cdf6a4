"""`runcmd` → commands."""

import pytest

from agent.configuration.keys import runcmd
from agent.configuration.problems import Fault
from agent.effects import OnError, RunCommand, WantedEffect
from agent.reasons import DocumentKey


def test_a_text_is_for_a_shell_and_a_list_is_not():
    assert list(runcmd.render(["echo $HOME", ["echo", "$HOME"]])) == [
        WantedEffect(RunCommand(("/bin/sh", "-c", "echo $HOME"), 300.0, own_scope=True), DocumentKey(("runcmd", 0))),
        WantedEffect(RunCommand(("echo", "$HOME"), 300.0, own_scope=True), DocumentKey(("runcmd", 1))),
    ]


def test_a_command_may_have_its_own_limit_and_go_on_when_it_fails_and_be_a_secret():
    item = {"command": ["x"], "timeout": "90s", "on_error": "continue", "sensitive": True}
    assert list(runcmd.render([item])) == [
        WantedEffect(
            RunCommand(("x",), 90.0, OnError.CONTINUE, own_scope=True), DocumentKey(("runcmd", 0)), sensitive=True
        )
    ]


@pytest.mark.parametrize("timeout", ["0s", "61m", "9999s", "{{ tags.x }}", "x"])
def test_a_limit_that_is_none_is_a_fault(timeout):
    (fault,) = runcmd.render([{"command": "x", "timeout": timeout}])
    assert isinstance(fault, Fault)
    assert fault.path == ("runcmd", 0, "timeout")
