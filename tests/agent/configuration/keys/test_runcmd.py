"""`runcmd` → commands."""

from agent.configuration.keys import runcmd
from agent.effects import RunCommand, Wanted


def test_a_text_is_for_a_shell_and_a_list_is_not():
    assert list(runcmd.render(["echo $HOME", ["echo", "$HOME"]])) == [
        Wanted(RunCommand(("/bin/sh", "-c", "echo $HOME"), 300.0), "runcmd[0]"),
        Wanted(RunCommand(("echo", "$HOME"), 300.0), "runcmd[1]"),
    ]
