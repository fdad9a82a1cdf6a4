"""A user who may not look into the agent's directories is told how to be allowed, by every command."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from test_debian import CHECKOUT, PYTHON, debian_lacks

COMMANDS = (
    *(["status"], ["provision"], ["plan"], ["rollback"], ["reprovision"], ["scrub", "--yes"], ["clean", "--image"]),
    ["collect", "--out", "/root/bundle.tar.gz"],
)
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", "PYTHONDONTWRITEBYTECODE=1"]

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user"),
    pytest.mark.skipif(bool(debian_lacks()), reason=f"Debian's own packages are missing: {debian_lacks()}"),
]


@pytest.fixture(scope="module")
def place():
    """The agent and its directories where every user may pass; pytest's own folders are closed to others."""
    with tempfile.TemporaryDirectory(prefix="ordinary-user-") as name:
        made = Path(name)
        made.chmod(0o755)
        for folder in ("agent", "config"):
            shutil.copytree(CHECKOUT / folder, made / folder, ignore=shutil.ignore_patterns("__pycache__"))
        (made / "state").mkdir(mode=0o700)
        (made / "state" / "state.json").write_text("{}")
        (made / "apply").mkdir(mode=0o700)
        (made / "apply" / "transaction" / "kept").mkdir(parents=True)
        settings = f"[paths]\nstate = '{made}/state'\napply = '{made}/apply'\n"
        (made / "agent.toml").write_text(settings + "[metadata]\nurl = 'http://127.0.0.1:9'\npatience = '1s'\n")
        yield made


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_an_ordinary_user_is_told_how_to_be_allowed(place, words):
    command = [*NOBODY, PYTHON, "-m", "agent", "--config", str(place / "agent.toml"), *words]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    assert done.returncode not in {0, os.EX_SOFTWARE}, done.stdout
    assert "run the command with sudo" in done.stderr
    assert "the disk is not full" not in done.stderr
