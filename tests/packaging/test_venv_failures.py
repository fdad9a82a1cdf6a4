"""`make venv` where something is in its way: one sentence that names it, and an exit code of sysexits.h."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import PATIENCE_S

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path):
    """A folder with what `packaging/venv.sh` reads, at a path that has to be quoted."""
    place = tmp_path / "a b" / "箱"
    shutil.copytree(CHECKOUT / "packaging", place / "packaging")
    return place


@pytest.fixture
def programs(tmp_path):
    """Stands in front of the system's programs."""
    folder = tmp_path / "programs"
    folder.mkdir()

    def program(name, *lines):
        (folder / name).write_text("\n".join(("#!/bin/sh", *lines, "")))
        (folder / name).chmod(0o755)
        return folder

    return program


def prepared(checkout, *, path=None, **settings):
    """What the script says on standard error, and how it ends; pip has no settings but these."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "HTTP"))}
    environment |= {"PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "1", **settings}
    if path:
        environment["PATH"] = f"{path}:{environment['PATH']}"
    done = subprocess.run(
        ["sh", "packaging/venv.sh", ".venv", sys.executable],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.stdout in {"", "Preparing .venv (a minute, once)\n"} or done.stdout.startswith("Installing")
    return done.stderr, done.returncode


AGAIN = "Then type the same make again.\n"


def test_an_index_that_cannot_be_reached_is_named_and_one_that_lacks_something_too(checkout):
    output, code = prepared(checkout, PIP_INDEX_URL="http://127.0.0.1:9/simple")
    assert code == os.EX_UNAVAILABLE
    assert output == (
        "pip cannot reach its package index http://127.0.0.1:9/simple (Connection refused). "
        f"Connect this computer to it. {AGAIN}"
    )
    output, code = prepared(checkout, PIP_NO_INDEX="1")
    assert code == os.EX_UNAVAILABLE
    assert output.startswith("pip finds no setuptools==")
    assert output.endswith(f" -m pip config list shows. {AGAIN}")
    assert output.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_named(checkout):
    (checkout / ".venv").write_text("a file, where a folder has to be\n")
    output, code = prepared(checkout)
    assert code == os.EX_CANTCREAT
    assert output == (
        f"{checkout}/.venv cannot be written. "
        f"Use a checkout on a disk that is not read-only, and that belongs to you. {AGAIN}"
    )


def test_a_disk_without_room_is_named_before_anything_is_made(checkout, programs):
    path = programs("df", "echo head", "echo '/dev/sda1 99999999 99999999 12345 100% /'")
    output, code = prepared(checkout, path=path)
    assert code == os.EX_CANTCREAT
    assert output == f"The disk of .venv is too full: 12 MB are left, and 300 MB are needed. Make room. {AGAIN}"


def test_a_place_for_temporary_files_that_is_not_there_is_named(checkout):
    output, code = prepared(checkout, TMPDIR="/not/there")
    assert (output, code) == (
        f"The folder /not/there is not there. Make it, or name another one in TMPDIR. {AGAIN}",
        os.EX_CANTCREAT,
    )


@pytest.fixture
def without_headers(programs):
    """A system without systemd's headers, on which this user is root."""
    programs("pkg-config", "exit 1")
    return programs("id", "echo 0")


def test_an_archive_that_apt_cannot_reach_is_named(checkout, programs, without_headers):
    programs(
        "apt-get",
        "[ $1 = update ] || {",
        "    echo 'E: Failed to fetch http://deb.example/debian/pool/x.deb  Could not resolve deb.example' >&2",
        "    exit 100",
        "}",
    )
    output, code = prepared(checkout, path=without_headers)
    assert code == os.EX_UNAVAILABLE
    assert output == (
        "apt-get cannot reach http://deb.example, the archive of this system's packages. "
        f"Connect this computer to the Internet. {AGAIN}"
    )


def test_another_failure_of_apt_is_shown_with_what_to_type(checkout, programs, without_headers):
    programs("apt-get", "echo 'E: dpkg was interrupted' >&2", "exit 100")
    output, code = prepared(checkout, path=without_headers)
    assert code == os.EX_UNAVAILABLE
    assert output.startswith("E: dpkg was interrupted\napt-get failed; its reason stands above.")
    assert "sudo apt-get update && sudo apt-get install -y --no-install-recommends libsystemd-dev" in output


def test_who_may_not_install_gets_the_command_to_type(checkout, programs):
    programs("pkg-config", "exit 1")
    programs("sudo", "exit 1")
    output, code = prepared(checkout, path=programs("id", "echo 1000"))
    assert code == os.EX_UNAVAILABLE
    assert output.splitlines()[1].strip() == (
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends libsystemd-dev"
    )


def test_a_python_that_cannot_make_environments_is_named(checkout, programs):
    old = programs("python-without-venv", "exit 1") / "python-without-venv"
    done = subprocess.run(
        ["sh", "packaging/venv.sh", ".venv", old], cwd=checkout, capture_output=True, text=True, check=False
    )
    assert done.returncode == os.EX_UNAVAILABLE
    assert done.stderr.startswith(f"PYTHON={old} is not Python 3.11 or newer with its venv module.")
