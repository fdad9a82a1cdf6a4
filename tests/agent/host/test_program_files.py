"""The files of the program: a missing one is named, whatever the input is, and `-` is standard input."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from agent.configuration.schema_file import userdata_schema
from agent.host.program_files import folder

GOOD, BAD = b"hostname: gw\n", b"hostnam: gw\n"
PROGRAMS = {"kitting-agent": "agent", "kitting": "fleet"}


def check(program: str, document: str, userdata: bytes, place: Path) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-P", "-m", PROGRAMS[program], "check", document],
        input=userdata,
        env=os.environ | {"PYTHONPATH": str(place)},
        capture_output=True,
        check=False,
        cwd="/",
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def copy(tmp_path):
    """The program at another place, as it is installed; a test may damage it."""
    for name in ("agent", "fleet", "config"):
        shutil.copytree(folder() / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_schema_is_read_once_and_from_beside_the_program():
    assert userdata_schema() is userdata_schema()
    assert (folder() / "config" / "userdata.schema.json").is_file()


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_document_is_read_from_standard_input(program):
    assert check(program, "-", GOOD, folder())[0] == os.EX_OK
    code, out, _ = check(program, "-", BAD, folder())
    assert (code, "did you mean hostname?" in out) == (os.EX_DATAERR, True)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_document_that_is_not_there_is_named(program, tmp_path):
    code, _, err = check(program, str(tmp_path / "absent"), b"", folder())
    assert code == os.EX_NOINPUT
    assert err.startswith(f"{program}: file.unreadable: {tmp_path / 'absent'}: No such file or directory\n")


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_closed_standard_input_is_no_fault_of_the_program(program):
    command = f"{sys.executable} -P -m {PROGRAMS[program]} check - <&-"
    environment = os.environ | {"PYTHONPATH": str(folder())}
    done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == os.EX_NOINPUT
    assert done.stderr.startswith(f"{program}: file.unreadable: -: standard input cannot be read\n")


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_missing_schema_is_the_installations_fault_and_not_the_inputs(program, copy):
    schema = copy / "config" / "userdata.schema.json"
    schema.unlink()
    code, _, err = check(program, "-", GOOD, copy)
    assert code == os.EX_UNAVAILABLE
    assert err.startswith(f"{program}: installation.incomplete: {schema}: No such file or directory\n")


def test_a_damaged_schema_is_named(copy):
    schema = copy / "config" / "userdata.schema.json"
    schema.write_text("{")
    assert f"installation.incomplete: {schema}: the file is damaged" in check("kitting", "-", GOOD, copy)[2]
