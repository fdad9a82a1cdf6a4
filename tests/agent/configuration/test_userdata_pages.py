"""What the pages say is what the code does."""

import importlib.util
from pathlib import Path

import pytest

from agent.configuration.filters import NAMES
from agent.configuration.names import EQUIPMENT, SUBSCRIBER
from agent.configuration.schema_file import userdata_schema
from agent.document_keys import DOCUMENT_KEYS

SCHEMA = userdata_schema()

DOCS = Path(__file__).parents[3] / "docs"
_spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
generate = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(generate)


@pytest.mark.parametrize("page", generate.PARTS)
def test_no_generated_part_is_stale(page):
    assert generate.renewed(page) == (DOCS / page).read_text(), "run make docs"


@pytest.mark.parametrize("page", ["userdata.md", "userdata.ja.md"])
def test_the_pages_name_every_key_and_every_field(page):
    text = (DOCS / page).read_text()
    assert all(f"### {key}\n" in text for key in DOCUMENT_KEYS)
    assert all(f"`{field}`" in text for field in (*SUBSCRIBER, *EQUIPMENT, *NAMES))


def test_a_page_without_marks_is_reported(tmp_path, monkeypatch):
    (tmp_path / "userdata.md").write_text("nothing\n")
    monkeypatch.setattr(generate, "DOCS", tmp_path)
    with pytest.raises(ValueError, match="needs <!-- generated: example -->"):
        generate.renewed("userdata.md")


def test_every_description_is_there_in_both_languages():
    def walk(rules):
        if isinstance(rules, dict):
            assert ("description" in rules) == ("x-description-ja" in rules) or "$schema" in rules
            for inner in rules.values():
                walk(inner)

    walk(SCHEMA.rules)
