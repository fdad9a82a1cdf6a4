"""`kitting check`, as a person types it."""

import io
import json
import os
import sys

import pytest

from fleet.cli import main


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "userdata.yaml"
    path.write_text("hostname: gw\n")
    return path


def test_a_valid_document_has_no_problems(file, capsys):
    assert main(["check", str(file)]) == os.EX_OK
    assert capsys.readouterr().out == f"{file}: valid\n"


def test_every_problem_is_printed_with_its_line(file, capsys):
    file.write_text("hostnam: gw\ntimezone: 1\n")
    assert main(["check", str(file)]) == os.EX_DATAERR
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{file}: line 1, hostnam: unknown key")
    assert second.startswith(f"{file}: line 2, timezone")
    assert main(["check", str(file), "--json"]) == os.EX_DATAERR
    assert json.loads(capsys.readouterr().out) == {"problems": [first, second]}


def test_a_document_may_come_from_standard_input(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"hostname: gw\n")))
    assert main(["check", "-"]) == os.EX_OK
    assert capsys.readouterr().out == "-: valid\n"
