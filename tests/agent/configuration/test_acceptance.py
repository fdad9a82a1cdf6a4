"""The quick check accepts every good document, and no document that jsonschema refuses."""

import json
from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from example_counts import scaled
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from agent.configuration.acceptance import accepts
from agent.configuration.schema_file import userdata_schema
from agent.document_keys import DOCUMENT_KEYS

SCHEMA = userdata_schema()

EXAMPLES = sorted((Path(__file__).parents[3] / "config" / "examples").glob("*.yaml"))
ODD = st.sampled_from(
    [
        *(None, True, False, 0, 1, -1, 1.0, 65536, "", "\n", "a\n", "{{ tags.x }}", "{{", "/etc/x", "x" * 5000),
        *([], [""], ["a", "a"], [1, True], [1, 1.0], {}, {"": ""}, {"path": "/x"}, {"path": "/etc/x", "content": 1}),
        *([{}], [[]], [["a"]], {"servers": "x"}, {"tags": {"a b": {"value": 1}}}),
    ]
)


def places(value, path=()):
    """Every place in a document."""
    yield path
    match value:
        case dict():
            for key, inner in value.items():
                yield from places(inner, (*path, key))
        case list():
            for index, inner in enumerate(value):
                yield from places(inner, (*path, index))


def examples():
    """A document of what the schema gives as examples, for each key."""
    return {key: SCHEMA.rules["properties"][key]["examples"] for key in DOCUMENT_KEYS}


@st.composite
def damaged(draw):
    """A good document in which some places hold something else, or keys are added or taken away."""
    document = {
        key: deepcopy(draw(st.sampled_from(values))) for key, values in examples().items() if draw(st.booleans())
    }
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(list(places(document))))
        if not path:
            continue
        around = document
        for step in path[:-1]:
            around = around[step]
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "remove":
                del around[path[-1]]
            case "add" if isinstance(around, dict):
                names = ["enforce", "unknown", "", "mode", "content", "a b"]
                around[draw(st.sampled_from(names))] = deepcopy(draw(ODD))
            case _:
                around[path[-1]] = deepcopy(draw(ODD))
    return document


@given(damaged())
@settings(max_examples=scaled(600))
def test_what_is_quickly_accepted_has_nothing_against_it(document):
    if accepts(document, SCHEMA.rules, templates=False):
        assert list(Draft202012Validator(dict(SCHEMA.rules)).iter_errors(document)) == []


@pytest.mark.parametrize("key", DOCUMENT_KEYS)
def test_every_example_is_accepted_quickly(key):
    for value in examples()[key]:
        assert accepts({key: value}, SCHEMA.rules, templates=True)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_every_document_that_is_shipped_is_accepted_quickly(file):
    assert accepts(yaml.safe_load(file.read_text()), SCHEMA.rules, templates=True)


@pytest.mark.parametrize(
    "document",
    [
        *({"hostname": "a b"}, {"hostname": "gw\n"}, {"hostname": 1}, {"hostname": None}, {"hostnam": "gw"}, []),
        *({"ntp": []}, {"write_files": [{"content": ""}]}, {"runcmd": [[]]}, {"absent": ["/etc/x", "/etc/x"]}),
    ],
    ids=json.dumps,
)
def test_what_is_wrong_is_not_accepted(document):
    assert list(Draft202012Validator(dict(SCHEMA.rules)).iter_errors(document)) or document == {"hostname": "gw\n"}
    assert not accepts(document, SCHEMA.rules, templates=False)


def test_a_text_that_waits_for_values_may_be_any_text_but_no_key_may():
    assert accepts({"hostname": "{{ tags.name }}"}, SCHEMA.rules, templates=True)
    assert not accepts({"hostname": "{{ tags.name }}"}, SCHEMA.rules, templates=False)
    tags = {"{{ tags.a }}": {"value": "1"}}
    assert not accepts({"report": {"tags": tags}}, SCHEMA.rules, templates=True)


@pytest.mark.parametrize("rules", [{"oneOf": []}, {"type": "null"}, {"type": "number"}, {"format": "uri"}, False])
def test_a_rule_that_is_not_known_is_not_kept(rules):
    assert not accepts({"x": 1}, {"type": "object", "properties": {"x": rules}}, templates=False)
