"""`make shell`: the programs are found by their names, also where the path of the checkout has a space."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "packaging" / "shell.sh"
PROGRAMS = Path(sys.executable).parent


def typed_in_the_shell(folder, text):
    done = subprocess.run(
        ["sh", SCRIPT, folder],
        input=text,
        env=os.environ | {"SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


def test_each_program_is_found_and_has_help(tmp_path):
    folder = tmp_path / "a b" / "箱"
    folder.parent.mkdir()
    folder.symlink_to(PROGRAMS)
    for name in ("kitting", "kitting-agent", "kitting-sim"):
        shown = typed_in_the_shell(folder, f"{name} -h\n")
        assert name in shown.splitlines()[0]
        assert f"\nusage: {name} " in shown


def test_leaving_it_after_a_command_that_failed_is_no_failure():
    assert "Type exit to leave." in typed_in_the_shell(PROGRAMS, "false\nexit 3\n")
