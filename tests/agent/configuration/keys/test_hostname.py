"""`hostname` → a file, and in force at once."""

from agent.configuration.keys import hostname
from agent.effects import RunCommand, WantedEffect, WriteFile
from agent.reasons import DocumentKey


def root_file(path, text):
    return WriteFile(path, text.encode(), 0o644, "root:root")


def test_the_host_name_is_a_file_and_in_force_at_once():
    assert list(hostname.render("gw-1")) == [
        WantedEffect(
            root_file("/etc/hostname", "gw-1\n"),
            DocumentKey(("hostname",)),
            then=(RunCommand(("hostname", "-F", "/etc/hostname"), 10.0),),
        )
    ]
