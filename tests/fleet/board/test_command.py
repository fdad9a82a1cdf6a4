"""`kitting board`, as a person types it."""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from agent.errors import Code, Failure
from fleet.board.command import add
from fleet.board.gate import Listen
from fleet.board.server import Server
from fleet.cli import main, parser

NOT_OURS = "192.0.2.1:8700"
"""No machine's address (RFC 5737): whatever would be served there fails at once."""


@pytest.fixture
def password_file(tmp_path):
    path = tmp_path / "password"
    path.write_text("correct horse\n")
    path.chmod(0o600)
    return path


def served(*options):
    return subprocess.Popen(
        [sys.executable, "-m", "fleet", "board", "--json", "--sample", "--listen", "127.0.0.1:0", *options],
        stdout=subprocess.PIPE,
        text=True,
    )


def url_of(process):
    lines = []
    while not lines or lines[-1] != "}\n":
        lines.append(process.stdout.readline())
    return urlsplit(json.loads("".join(lines))["url"])


def test_the_sample_is_served_over_a_socket_until_it_is_interrupted(password_file):
    with served("--password-file", str(password_file)) as process:
        connection = HTTPConnection(url_of(process).netloc)
        connection.request(
            "POST", "/login", "password=correct+horse", {"Content-Type": "application/x-www-form-urlencoded"}
        )
        answer = connection.getresponse()
        answer.read()
        connection.request("GET", "/rows.json", headers={"Cookie": answer.headers["Set-Cookie"].split(";")[0]})
        page = json.load(connection.getresponse())
        connection.close()
        process.send_signal(signal.SIGINT)
    assert len(page["tiles"]) == 30
    assert process.returncode in {os.EX_OK, 128 + signal.SIGINT}


def test_without_a_password_it_is_served_to_this_machine_only(capsys):
    assert main(["board", "--sample", "--listen", NOT_OURS]) == Code.USAGE.exit_code
    assert "--password-file" in capsys.readouterr().err


def test_without_a_source_there_is_nothing_to_show(capsys):
    assert main(["board"]) == Code.USAGE.exit_code
    assert "--sample" in capsys.readouterr().err


def test_the_source_that_is_wired_in_is_made_from_the_command_line():
    def live(arguments):
        raise Failure(Code.PLATFORM_BUSY, str(arguments.listen.port))

    def command(commands, name, run, *_):
        sub = commands.add_parser(name)
        sub.set_defaults(command=run, json=False)
        return sub

    top = argparse.ArgumentParser()
    add(top.add_subparsers(), command, live)
    arguments = top.parse_args(["board", "--listen", "127.0.0.1:7"])
    with pytest.raises(Failure, match=r"platform\.busy: 7"):
        arguments.command(arguments)


def test_an_address_that_is_none_is_a_wrong_command_line(capsys):
    with pytest.raises(SystemExit) as end:
        parser().parse_args(["board", "--listen", "8700"])
    assert end.value.code == os.EX_USAGE
    assert "HOST:PORT" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "mode", "told"),
    [
        (b"", 0o600, "0 characters"),
        (b"short\n", 0o600, "5 characters"),
        (b"\ncorrect horse\n", 0o600, "0 characters"),
        (b"x" * 5000, 0o600, "1026 characters"),
        (b"\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff", 0o600, "not UTF-8"),
        (b"correct horse\n", 0o644, "others may read it"),
    ],
)
def test_a_password_file_that_is_unfit_is_named_with_what_to_do(password_file, capsys, content, mode, told):
    password_file.write_bytes(content)
    password_file.chmod(mode)
    assert (
        main(["board", "--sample", "--listen", NOT_OURS, "--password-file", str(password_file)])
        == Code.FILE_UNREADABLE.exit_code
    )
    assert told in capsys.readouterr().err


def test_a_password_file_that_is_not_there_is_named(tmp_path, capsys):
    assert (
        main(["board", "--sample", "--listen", NOT_OURS, "--password-file", str(tmp_path / "none")])
        == Code.FILE_UNREADABLE.exit_code
    )
    assert str(tmp_path / "none") in capsys.readouterr().err


def test_an_address_that_is_taken_is_named():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Failure) as caught:
            Server(None, Listen("127.0.0.1", port))
    assert (caught.value.code, caught.value.where) == (Code.BOARD_NOT_SERVED, f"127.0.0.1:{port}")


def test_a_name_that_is_none_is_named():
    with pytest.raises(Failure) as caught:
        Server(None, Listen("nowhere.invalid", 0))
    assert caught.value.code is Code.BOARD_NOT_SERVED
