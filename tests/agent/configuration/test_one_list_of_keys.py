"""Schema, keys/ and settings know the same keys, and the schema explains them all."""

import re
import tomllib
from pathlib import Path

import jsonschema
import pytest

from agent.configuration import keys
from agent.configuration.schema import faults
from agent.configuration.schema_file import userdata_schema
from agent.document_keys import DOCUMENT_KEYS
from agent.host.program_files import folder
from agent.settings import ApplySettings

SCHEMA = userdata_schema()


def members(rules, path=""):
    """Every described place of the schema."""
    for name, member in rules.get("properties", {}).items():
        yield f"{path}{name}", member
        yield from members(member, f"{path}{name}.")
    for inner in ("items", "additionalProperties"):
        if isinstance(rules.get(inner), dict):
            yield from members(rules[inner], f"{path}{inner}.")


MEMBERS = dict(members(SCHEMA.rules))


def test_schema_keys_and_settings_have_the_same_keys_in_the_same_order():
    files = {path.stem for path in Path(keys.__file__).parent.glob("*.py")} - {"__init__"}
    assert tuple(SCHEMA.rules["properties"]) == DOCUMENT_KEYS
    assert files == set(DOCUMENT_KEYS)


def test_the_settings_file_shows_the_list_that_holds_without_it():
    text = (folder() / "config" / "agent.toml").read_text()
    shown = re.search(r"^#(allow = \[.*?\])$", text, re.MULTILINE | re.DOTALL)[1].replace("\n#", "\n")
    assert tuple(tomllib.loads(shown)["allow"]) == ApplySettings().allow


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(dict(SCHEMA.rules))


@pytest.mark.parametrize("name", MEMBERS)
def test_every_key_has_a_description_and_an_example(name):
    rules = MEMBERS[name]
    assert rules["description"].endswith(".")
    assert rules["examples"]


@pytest.mark.parametrize("name", DOCUMENT_KEYS)
def test_every_example_in_the_schema_is_right(name):
    assert [
        faults({name: example}, SCHEMA, templates=True) for example in SCHEMA.rules["properties"][name]["examples"]
    ] == [()]


@pytest.mark.parametrize("name", MEMBERS)
def test_every_object_of_the_schema_is_closed(name):
    rules = MEMBERS[name]
    assert rules.get("type") != "object" or "additionalProperties" in rules
