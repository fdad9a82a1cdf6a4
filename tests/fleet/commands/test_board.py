"""`kitting board`, as a person types it."""

import json
import os
import signal
import subprocess
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from waiting import PATIENCE_S, json_of, started

from agent.errors import Code
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
    return started(
        [sys.executable, "-m", "fleet", "board", "--json", "--sample", "--listen", "127.0.0.1:0", *options],
        stdout=subprocess.PIPE,
        text=True,
    )


def url_of(process):
    return urlsplit(json_of(process.stdout)["url"])


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_sample_is_served_over_a_socket_until_it_is_interrupted(password_file, ending):
    with served("--password-file", str(password_file)) as process:
        connection = HTTPConnection(url_of(process).netloc, timeout=PATIENCE_S)
        connection.request(
            "POST", "/login", "password=correct+horse", {"Content-Type": "application/x-www-form-urlencoded"}
        )
        answer = connection.getresponse()
        answer.read()
        connection.request("GET", "/rows.json", headers={"Cookie": answer.headers["Set-Cookie"].split(";")[0]})
        page = json.load(connection.getresponse())
        connection.close()
        process.send_signal(ending)
    assert process.returncode == os.EX_OK
    assert len(page["tiles"]) == 30


def test_without_a_password_it_is_served_to_this_machine_only(capsys):
    assert main(["board", "--sample", "--listen", NOT_OURS]) == Code.USAGE.exit_code
    assert "--password-file" in capsys.readouterr().err


def test_without_a_plan_there_is_nothing_to_show(capsys):
    assert main(["board"]) == Code.USAGE.exit_code
    assert "--sample" in capsys.readouterr().err


def test_the_sims_of_a_plan_are_served(order, capsys):
    """The address cannot be used, so that the command ends; the plan and the profile are read before."""
    assert (
        main(["board", str(order), "--listen", "127.0.0.1:1", "--endpoint", "ftp://x"]) == Code.PROFILE_WRONG.exit_code
    )
    assert "ftp://x" in capsys.readouterr().err
    order.write_text("name: [")
    assert main(["board", str(order), "--listen", "127.0.0.1:1"]) == Code.PLAN_INVALID.exit_code


def test_an_address_without_a_host_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as end:
        parser().parse_args(["board", "--listen", "8700"])
    assert end.value.code == os.EX_USAGE
    assert "HOST:PORT" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "mode", "message"),
    [
        (b"", 0o600, "0 characters"),
        (b"short\n", 0o600, "5 characters"),
        (b"\ncorrect horse\n", 0o600, "0 characters"),
        (b"x" * 5000, 0o600, "1026 characters"),
        (b"\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff", 0o600, "not UTF-8"),
        (b"correct horse\n", 0o644, "other users may read the password"),
    ],
)
def test_a_password_file_that_cannot_be_used_is_named_with_what_to_do(password_file, capsys, content, mode, message):
    password_file.write_bytes(content)
    password_file.chmod(mode)
    assert (
        main(["board", "--sample", "--listen", NOT_OURS, "--password-file", str(password_file)])
        == Code.FILE_UNREADABLE.exit_code
    )
    assert message in capsys.readouterr().err


def test_a_missing_password_file_is_named(tmp_path, capsys):
    assert (
        main(["board", "--sample", "--listen", NOT_OURS, "--password-file", str(tmp_path / "none")])
        == Code.FILE_UNREADABLE.exit_code
    )
    assert str(tmp_path / "none") in capsys.readouterr().err
