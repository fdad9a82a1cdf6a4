"""`kitting sign`, as a person types it: a device accepts what the desk signs."""

import json
import os
import subprocess

import pytest

from agent.apply.ssh_keygen import require
from agent.configuration.resolving import check
from agent.configuration.schema_file import userdata_schema
from agent.configuration.signed_text import split
from agent.errors import Code
from fleet.cli import main

SCHEMA = userdata_schema()


@pytest.fixture
def author(tmp_path):
    key = tmp_path / "author"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    words = key.with_suffix(".pub").read_text().split()
    (tmp_path / "allowed").write_text(f"author@example.com {words[0]} {words[1]}\n")
    return key


@pytest.mark.parametrize("text", ["hostname: gw\n", "#cloud-config\nhostname: gw", '{"hostname": "gw"}', "{}\r\n"])
def test_what_the_desk_signs_a_device_accepts(tmp_path, author, capsys, text):
    file, out = tmp_path / "userdata", tmp_path / "signed"
    file.write_text(text)
    assert main(["sign", str(file), "--key", str(author), "--out", str(out), "--json"]) == os.EX_OK
    message = json.loads(capsys.readouterr().out)
    found = split(out.read_bytes())
    assert require(found, tmp_path / "allowed") == "author@example.com"
    assert (message["serial"], message["bytes"]) == (found.serial, out.stat().st_size)
    assert check(found.text, SCHEMA) == ()


def test_a_document_that_is_signed_again_has_one_signature(tmp_path, author):
    file = tmp_path / "userdata"
    file.write_text("# kitting-serial: 7\nhostname: gw\n")
    for _ in range(2):
        assert main(["sign", str(file), "--key", str(author), "--out", str(file)]) == os.EX_OK
    found = split(file.read_bytes())
    assert (found.text, found.serial) == (b"# kitting-serial: 7\nhostname: gw\n", 7)
    assert require(found, tmp_path / "allowed")


def test_a_wrong_document_is_not_signed(tmp_path, author, capsys):
    file = tmp_path / "userdata"
    file.write_text("hostnam: gw\n")
    assert main(["sign", str(file), "--key", str(author), "--json"]) == Code.USERDATA_INVALID.exit_code
    assert "hostname" in json.loads(capsys.readouterr().out)["failure"]["message"]
    assert main(["check", str(file)]) == os.EX_DATAERR
    assert "unknown key" in capsys.readouterr().out


@pytest.mark.usefixtures("author")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["absent", "--key", "author", "--out", "out"], Code.FILE_UNREADABLE),
        (["userdata", "--key", "absent", "--out", "out"], Code.SIGN_FAILED),
        (["userdata", "--key", "userdata", "--out", "out"], Code.SIGN_FAILED),
        (["userdata", "--key", "author", "--out", "absent/out"], Code.FILE_UNWRITABLE),
    ],
)
def test_a_file_or_key_that_cannot_be_used_is_named(tmp_path, monkeypatch, capsys, words, code):
    (tmp_path / "userdata").write_text("hostname: gw\n")
    monkeypatch.chdir(tmp_path)
    assert main(["sign", *words, "--json"]) == code.exit_code
    assert json.loads(capsys.readouterr().out)["failure"]["code"] == code.text


def test_a_packed_document_cannot_have_a_serial_and_is_refused(tmp_path, author, capsys):
    (tmp_path / "userdata").write_text("H4sIAAAAAAAAA8vIL8gvLlGwUkgvBwCpS3ytDQAAAA==\n")
    assert main(["sign", str(tmp_path / "userdata"), "--key", str(author)]) == Code.USERDATA_INVALID.exit_code
    assert "Nothing was signed" in capsys.readouterr().err
