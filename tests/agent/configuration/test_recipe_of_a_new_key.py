"""The recipe "a new document key" of CONTRIBUTING.md is walked with a key, `motd`, in a copy of the project."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
RULES = {
    "title": "a text",
    "description": "The message of the day: /etc/motd has this text.",
    "x-description-ja": "ログイン時に表示するメッセージ。/etc/motd がこの内容になります。",
    "type": "string",
    "maxLength": 2000,
    "examples": ["Gateway of the north gate"],
}
MODULE = '''"""Pure. `motd` → the file /etc/motd."""

from __future__ import annotations

from collections.abc import Iterator

from agent.effects import WantedEffect, WriteFile
from agent.reasons import DocumentKey

PATH = "/etc/motd"
PLACES = (PATH,)


def render(text: str) -> Iterator[WantedEffect]:
    """The whole file."""
    yield WantedEffect(WriteFile(PATH, f"{text}\\n".encode(), 0o644, "root:root"), DocumentKey(("motd",)))
'''
EFFECTS = """
import sys
from agent.configuration.resolving import from_document, wanted_effects
from agent.configuration.schema_file import userdata_schema
from agent.settings import ApplySettings
configuration = from_document({"motd": "hello"}, userdata_schema())
print([effect.effect.path for effect in wanted_effects(configuration, ApplySettings())])
"""


@pytest.fixture
def copy(tmp_path):
    """The project with the three steps of the recipe taken; nothing else is changed."""
    for name in ("agent", "fleet", "simulator", "config", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "tests/documents/accepted", tmp_path / "tests/documents/accepted")
    _edit(tmp_path / "agent/document_keys.py", '    "report",\n', '    "report",\n    "motd",\n')
    schema = tmp_path / "config/userdata.schema.json"
    content = json.loads(schema.read_text())
    content["properties"]["motd"] = RULES
    schema.write_text(json.dumps(content, ensure_ascii=False, indent=2))
    (tmp_path / "agent/configuration/keys/motd.py").write_text(MODULE)
    return tmp_path


def _edit(file, before, after):
    text = file.read_text()
    assert text.count(before) == 1
    file.write_text(text.replace(before, after))


def _run(copy, *words, given=""):
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    return subprocess.run(
        [sys.executable, *words], cwd=copy, input=given, env=environment, capture_output=True, text=True, check=False
    )


def test_check_knows_the_key_and_its_faults(copy):
    good = _run(copy, "-P", "-m", "agent", "check", "-", given="motd: hello\n")
    assert (good.returncode, good.stderr) == (os.EX_OK, "")
    wrong = _run(copy, "-P", "-m", "agent", "check", "-", given="motd: [hello]\n")
    assert (wrong.returncode, "motd" in wrong.stdout) == (os.EX_DATAERR, True)


def test_the_key_is_allowed_by_the_settings_and_becomes_its_effect(copy):
    done = _run(copy, "-P", "-c", EFFECTS)
    assert (done.stdout, done.stderr) == ("['/etc/motd']\n", "")


def test_the_pages_have_it_after_make_docs(copy):
    done = _run(copy, "docs/generate.py")
    assert done.returncode == 0, done.stderr
    for page, sentence in (("userdata.md", RULES["description"]), ("userdata.ja.md", RULES["x-description-ja"])):
        text = (copy / "docs" / page).read_text()
        assert "### motd\n" in text
        assert sentence in text
