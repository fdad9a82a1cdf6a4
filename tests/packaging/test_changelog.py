"""CHANGELOG.md keeps its format, and tells of the version that is in the code."""

import re
from pathlib import Path

from agent import __version__

CHECKOUT = Path(__file__).parents[2]
CHANGELOG = (CHECKOUT / "CHANGELOG.md").read_text("utf-8")
HEADS = re.findall(r"^## \[(.+?)\](?: - (\d{4}-\d{2}-\d{2}))?$", CHANGELOG, re.MULTILINE)


def test_the_version_of_the_code_has_a_dated_entry_with_text():
    assert dict(HEADS)[__version__], f"CHANGELOG.md needs: ## [{__version__}] - YYYY-MM-DD"
    entry = CHANGELOG.split(f"\n## [{__version__}]")[1].split("\n## ")[0]
    assert re.search(r"^- ", entry, re.MULTILINE)


def test_the_version_of_the_code_is_the_newest_one():
    assert next(version for version, date in HEADS if date) == __version__


def test_every_entry_is_dated_but_the_one_of_what_comes_next():
    assert [version for version, date in HEADS if not date] == ["Unreleased"]
    assert HEADS[0][0] == "Unreleased"
    assert CHANGELOG.count("\n## ") == len(HEADS)


def test_the_entries_go_from_the_newest_to_the_oldest():
    dates = [date for _, date in HEADS if date]
    assert dates == sorted(dates, reverse=True)


def test_changes_stand_under_the_words_of_keep_a_changelog():
    words = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE)) <= words
