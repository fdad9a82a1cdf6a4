"""Every process ends with an exit code and at most two lines for a person, never with a traceback."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from agent.errors import Code, Failure
from agent.host.process_entry import Parser, ended_well, module_missing, read_input


def raising(error):
    def run():
        raise error

    return run


def test_the_exit_code_of_the_command_is_returned():
    assert ended_well("program", lambda: 7, as_json=False) == 7


def test_a_failure_is_two_lines_and_its_exit_code(capsys):
    failure = Failure(Code.APPLY_NO_SPACE, "4 MiB free", where="/")
    assert ended_well("program", raising(failure), as_json=False) == Code.APPLY_NO_SPACE.exit_code
    shown = capsys.readouterr()
    assert shown.err == f"program: apply.no_space: /: 4 MiB free\n  {Code.APPLY_NO_SPACE.advice}\n"
    assert shown.out == ""


def test_a_failure_is_json_as_well_where_a_program_reads_it(capsys):
    ended_well("program", raising(Failure(Code.USAGE, "no", where="x", advice="Do.")), as_json=True)
    failure = {"code": "usage", "message": "no", "where": "x", "advice": "Do."}
    assert json.loads(capsys.readouterr().out) == {"failure": failure}


def test_an_interrupt_ends_as_shells_expect():
    assert ended_well("program", raising(KeyboardInterrupt()), as_json=False) == 130


def test_a_bug_is_named_in_one_line_and_its_traceback_is_in_a_file(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert ended_well("program", raising(ZeroDivisionError("by chance")), as_json=False) == os.EX_SOFTWARE
    (note,) = tmp_path.iterdir()
    shown = capsys.readouterr().err
    assert shown.startswith(f"program: internal.bug: ZeroDivisionError; the details are in {note}\n")
    assert "Traceback" not in shown
    assert "by chance" in note.read_text()


@pytest.mark.parametrize(
    ("module", "package"), [("serial.tools", "package pyserial"), ("yaml", "PyYAML"), ("other", "package other")]
)
def test_a_missing_module_names_its_package(module, package):
    failure = module_missing(module)
    assert failure.code is Code.INSTALLATION_INCOMPLETE
    assert package in failure.advice


def test_a_missing_module_of_posix_names_the_system(capsys):
    error = ModuleNotFoundError("No module named 'termios'", name="termios")
    assert ended_well("program", raising(error), as_json=False) == Code.INSTALLATION_INCOMPLETE.exit_code
    assert "POSIX" in capsys.readouterr().err


def test_output_is_complete_when_a_process_ends_at_once():
    program = "from agent.host.end_of_process import leave; print('whole', end=''); leave(3)"
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, env=buffered)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, b"whole", b"")


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "there").write_bytes(b"\xff")
    assert read_input(tmp_path / "there") == b"\xff"
    with pytest.raises(Failure, match="nothing") as caught:
        read_input(tmp_path / "nothing")
    assert (caught.value.code, caught.value.where) == (Code.FILE_UNREADABLE, str(tmp_path / "nothing"))


def test_without_a_standard_input_nothing_can_be_read_from_it(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(Failure, match="standard input"):
        read_input(Path("-"))


def test_a_wrong_command_line_ends_with_the_exit_code_of_sysexits(capsys):
    with pytest.raises(SystemExit) as ended:
        Parser(prog="program").parse_args(["--unknown"])
    assert ended.value.code == os.EX_USAGE
    assert "--unknown" in capsys.readouterr().err
