"""The reader of a text, by the key, the file or the command that the text belongs to."""

import pytest

from agent.configuration.filled_places import FilledPlace, place_of

COMPONENT, SHELL, ARGUMENT, FILE, PROGRAM, FIXED, VALUE = FilledPlace


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("write_files", 0, "path"), COMPONENT),
        (("write_files", 0, "source", "url"), COMPONENT),
        (("write_files", 0, "restart", 1), COMPONENT),
        (("environment", 2, "path"), COMPONENT),
        (("absent", 3), COMPONENT),
        (("users", 0, "home"), COMPONENT),
        (("users", 0, "shell"), COMPONENT),
        (("units", 0, "name"), COMPONENT),
        (("units", 0, "dropins", 0, "name"), COMPONENT),
        (("services", "enable", 0), COMPONENT),
        (("units", 0, "content"), PROGRAM),
        (("units", 0, "dropins", 0, "content"), PROGRAM),
        (("write_files", 0, "permissions"), FIXED),
        (("write_files", 0, "encoding"), FIXED),
        (("environment", 0, "permissions"), FIXED),
        (("users", 0, "gecos"), VALUE),
        (("environment", 0, "values", "SITE"), VALUE),
        (("hostname",), VALUE),
        (("report", "site"), VALUE),
    ],
)
def test_the_key_tells_what_reads_its_text(path, place):
    assert place_of(path, {}) is place


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ({"path": "/opt/note.txt", "content": "x"}, FILE),
        ({"path": "/home/op/.bashrc", "content": "x", "permissions": "0640"}, FILE),
        ({"path": "{{ tags.site }}", "content": "x"}, FILE),
        ({"path": "/opt/note", "content": "x", "encoding": "text/plain"}, FILE),
        ({"path": "/opt/note", "content": "\n#!/bin/sh\n"}, PROGRAM),
        ({"path": "/opt/note", "content": "x", "permissions": "0755"}, PROGRAM),
        ({"path": "/opt/note", "content": "x", "permissions": "750"}, PROGRAM),
        ({"path": "/opt/note", "content": "x", "encoding": "b64"}, FIXED),
        ({"path": "/opt/note", "content": "x", "encoding": "{{ tags.site }}"}, FIXED),
    ],
)
def test_a_content_is_judged_alike_wherever_the_file_is(file, place):
    assert place_of(("write_files", 0, "content"), {"write_files": [file]}) is place


T = "{{ tags.site }}"


@pytest.mark.parametrize(
    "command",
    [
        [T],
        ["sh", "-c", T],
        ["/bin/bash", "-lc", T],
        ["bash", "-x", "-c", T],
        ["bash", T],
        ["python3.11", "-c", T],
        ["perl", "-e", T],
        ["node", f"--eval={T}"],
        ["sudo", "-u", "op", "sh", "-c", T],
        ["env", "A=1", T],
        ["timeout", "5", T],
        ["su", "op", "-c", T],
        ["busybox", "sh", "-c", T],
        ["find", "/x", "-exec", "sh", "-c", T, ";"],
        ["ssh", "host", T],
        ["awk", T, "/etc/x"],
        ["xonsh", "-c", T],
        ["unknown", "--eval", T],
    ],
)
def test_the_text_that_a_program_runs_and_the_name_of_a_program(command):
    path = ("runcmd", 0, command.index(next(word for word in command if T in word)))
    assert place_of(path, {"runcmd": [command]}) is SHELL


@pytest.mark.parametrize(
    "command",
    [
        ["logger", T],
        ["sh", "-c", 'logger "$1"', "sh", T],
        ["bash", "/opt/set-site", T],
        ["python3", "-m", "app", T],
        ["env", f"SITE={T}", "/opt/set-site"],
        ["timeout", "5", "/opt/set-site", T],
        ["app", "-c", f"/etc/{T}.conf"],
    ],
)
def test_an_argument_is_no_program(command):
    path = ("runcmd", 0, command.index(next(word for word in command if T in word)))
    assert place_of(path, {"runcmd": [command]}) is ARGUMENT


def test_the_long_form_of_a_command_is_judged_alike():
    assert place_of(("runcmd", 0, "command"), {"runcmd": [{"command": "x"}]}) is SHELL
    assert place_of(("runcmd", 0, "command", 2), {"runcmd": [{"command": ["sh", "-c", T]}]}) is SHELL
    assert place_of(("runcmd", 0, "command", 1), {"runcmd": [{"command": ["logger", T]}]}) is ARGUMENT


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (("runcmd",), T),
        (("runcmd", 0), [T]),
        (("runcmd", "command"), {"command": T}),
        (("runcmd", 0, 0, 0), [[[T]]]),
        (("runcmd", "sh", 1), {"sh": ["-c", T]}),
        (("runcmd", 0, "command", "sh"), [{"command": {"sh": T}}]),
    ],
)
def test_commands_of_a_shape_that_the_schema_refuses_have_a_place_too(
    path: tuple[int | str, ...], content: object
) -> None:
    assert place_of(path, {"runcmd": content}) in (SHELL, ARGUMENT)
