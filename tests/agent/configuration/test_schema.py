"""What a message about a wrong value quotes: never a value of a wrong type, and a wrong text only of some keys."""

import pytest

from agent.configuration.resolving import Names, check, resolve
from agent.configuration.schema import _SHOWN, faults
from agent.configuration.schema_file import userdata_schema
from agent.errors import Failure

SCHEMA = userdata_schema()
CANARY = "hunter2hunter2"
WRONG = [CANARY, [CANARY], {"k": CANARY}, [[CANARY]], {"k": [CANARY]}, 31337313]


def places(rules, path=()):
    """Every place of a document that the schema describes; a name of a member is `k`."""
    rules = SCHEMA.rules["$defs"][rules["$ref"].rpartition("/")[2]] if "$ref" in rules else rules
    if path:
        yield path
    for name, inner in rules.get("properties", {}).items():
        yield from places(inner, (*path, name))
    if isinstance(rules.get("additionalProperties"), dict):
        yield from places(rules["additionalProperties"], (*path, "k"))
    if isinstance(rules.get("items"), dict):
        yield from places(rules["items"], (*path, 0))


PLACES = list(places(SCHEMA.rules))


def document(path, value):
    """A document with this value at a place, and nothing else."""
    for step in reversed(path):
        value = [value] if step == 0 else {step: value}
    return value


def test_every_key_of_the_schema_is_tried():
    assert len(PLACES) > 150


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_a_wrong_value_is_quoted_only_where_it_cannot_be_a_secret(path):
    key = next(step for step in reversed(path) if isinstance(step, str))
    for wrong in WRONG:
        messages = [
            fault.message + fault.suggestion for fault in faults(document(path, wrong), SCHEMA, templates=False)
        ]
        quoted = [text for text in messages if CANARY in text or "31337313" in text]
        assert not quoted or (key in _SHOWN and (wrong in (CANARY, [CANARY]) or key == "uid")), quoted


@pytest.mark.parametrize(
    "text",
    [
        "network: {wifis: {wlan0: {access-points: {home: hunter2hunter2}}}}",
        "network: {wifis: {wlan0: {access-points: hunter2hunter2}}}",
        "network: {modems: {cdc-wdm0: {apn: [hunter2hunter2]}}}",
        "report: hunter2hunter2",
    ],
)
def test_a_password_in_the_wrong_place_reaches_neither_check_nor_tag(text):
    assert "hunter2" not in "".join(map(str, check(text.encode(), SCHEMA)))
    with pytest.raises(Failure) as caught:
        resolve(text.encode(), Names({}, {}, {}), SCHEMA)
    assert "hunter2" not in repr(caught.value)
