"""What holds for every userdata and every tag."""

import json
import re
import string

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from agent.configuration.resolving import Configuration, Names, check, from_document, resolve, wanted_effects
from agent.configuration.schema_file import userdata_schema
from agent.document_keys import DOCUMENT_KEYS
from agent.errors import Code, Failure
from agent.settings import ApplySettings

SCHEMA = userdata_schema()

NOBODY = Names({}, {}, {})
EVERYTHING = ApplySettings(allow=DOCUMENT_KEYS)
NAMES = set(re.findall(r'"([a-z0-9_-]+)": \{', json.dumps(SCHEMA.rules)))
VALUES_NEAR = {key: st.sampled_from(SCHEMA.rules["properties"][key]["examples"]) for key in DOCUMENT_KEYS}
FRAGMENTS = st.sampled_from(
    [
        *(
            "hostname",
            "write_files",
            "path",
            "/etc/x",
            ": ",
            "\n",
            "\n  ",
            "- ",
            "{",
            "}",
            "[",
            "]",
            ",",
            '"',
            "'",
            "&a ",
        ),
        *(
            "*a",
            "!!str ",
            "|",
            "> ",
            "{{ ",
            " }}",
            "tags.x",
            "|default('')",
            "#",
            "---",
            "%YAML 1.1",
            "0644",
            "\t",
            "é",
        ),
        *("H4sI", "null", "true", "1", "?", "\\u0000", "ntp", "runcmd", "report"),
    ]
)
WORDS = st.text(string.ascii_letters + string.digits, min_size=1, max_size=12)
LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40).map(lambda text: text.replace("{{", "{"))
COMMANDS = st.builds(lambda program, arguments: [f"/opt/{program}", *arguments], LINES, st.lists(LINES, max_size=2))
"""A bare first word may be a part of the shell ("if"), which is refused."""
CONTENT = st.lists(LINES, max_size=4).map("\n".join)
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "hostname": WORDS,
        "ntp": st.fixed_dictionaries({"enabled": st.booleans(), "servers": st.lists(WORDS, max_size=3, unique=True)}),
        "write_files": st.lists(
            st.fixed_dictionaries({"path": WORDS.map("/opt/{}".format), "content": CONTENT}),
            max_size=4,
            unique_by=lambda file: file["path"],
        ),
        "runcmd": st.lists(COMMANDS, max_size=3),
        "report": st.fixed_dictionaries(
            {"tags": st.dictionaries(WORDS, st.fixed_dictionaries({"value": LINES}), max_size=3)}
        ),
    },
).filter(lambda document: "name" not in document.get("report", {}).get("tags", {}))


def outcome(userdata, names=NOBODY):
    try:
        return resolve(userdata, names, SCHEMA)
    except Failure as failure:
        return failure


def skeleton(value):
    match value:
        case dict():
            return {key: skeleton(member) for key, member in value.items()}
        case list():
            return [skeleton(item) for item in value]
        case _:
            return type(value)


@given(st.binary(max_size=300))
@example(b"\x1f\x8b\x08")
@example(b"{" * 100_000)
@example(b"[" * 200_000)
@example(b"? " * 100_000)
@example(b"- " * 100_000)
@example(b"&a " * 50_000)
@example(b'{"a":' * 50_000)
@example(b"{{ tags.x[" * 20_000)
@example(b"hostname: '" + b"{{ tags.x " * 20_000 + b"'")
def test_any_bytes_are_a_configuration_or_a_failure(userdata):
    result = outcome(userdata)
    assert isinstance(result, Configuration | Failure)
    assert isinstance(check(userdata, SCHEMA), tuple)


@given(st.lists(FRAGMENTS, max_size=30).map("".join))
def test_what_looks_like_a_document_is_a_configuration_or_a_failure(text):
    result = outcome(text.encode())
    problems = check(text.encode(), SCHEMA)
    assert isinstance(result, Configuration | Failure)
    assert (
        problems or isinstance(result, Configuration) or result.code in {Code.USERDATA_UNDEFINED, Code.USERDATA_INVALID}
    )
    assert not (problems and isinstance(result, Configuration))


TEMPLATE = {
    "hostname": "gw-{{ tags.a }}",
    "write_files": [{"path": "/opt/{{ tags.b }}", "content": "a = {{ tags.a }}\nb = {{ tags.b }}\n"}],
    "runcmd": ["echo {{ tags.a }}", ["echo", "{{ tags.b }}"]],
    "report": {"tags": {"note": {"value": "{{ tags.a }}"}}},
}


@given(st.text(max_size=30), st.text(max_size=30))
@example("x\nruncmd: [reboot]", "b")
@example("a", "x', path: /etc/shadow, y: '")
@example("a", "../../etc/shadow")
@example("{{ tags.b }}", "{{ tags.a }}")
@example("a", "a\u2028b")
@example("$(reboot)", "b")
def test_a_tag_never_changes_what_a_document_consists_of(first, second):
    result = outcome(json.dumps(TEMPLATE).encode(), Names({"a": first, "b": second}, {}, {}))
    if isinstance(result, Configuration):
        assert skeleton(result.document) == skeleton(TEMPLATE)
        assert result.document["write_files"][0]["content"] == f"a = {first}\nb = {second}\n"
        assert result.document["runcmd"] == [f"echo {first}", ["echo", second]]
        assert set(first) <= set(string.ascii_letters + string.digits + "_./:@%+=,-")
        assert ".." not in result.document["write_files"][0]["path"].split("/")


@given(DOCUMENTS, st.randoms(use_true_random=False))
def test_the_digest_does_not_depend_on_the_order_of_keys_nor_on_yaml_or_json(document, random):
    keys = list(document)
    random.shuffle(keys)
    shuffled = {key: document[key] for key in keys}
    as_json = resolve(json.dumps(document).encode(), NOBODY, SCHEMA)
    as_yaml = resolve(yaml.safe_dump(shuffled, sort_keys=False, allow_unicode=True).encode(), NOBODY, SCHEMA)
    assert as_yaml == as_json == from_document(shuffled, SCHEMA)
    assert len(as_json.digest) == 64


@given(DOCUMENTS, DOCUMENTS)
def test_different_documents_have_different_digests(one, other):
    digests = {from_document(one, SCHEMA).digest, from_document(other, SCHEMA).digest}
    assert len(digests) == (1 if one == other else 2)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_the_privileged_half_takes_no_value_on_trust(value):
    if value == {}:
        assert from_document(value, SCHEMA).document == {}
    else:
        with pytest.raises(Failure) as caught:
            from_document(value, SCHEMA)
        assert caught.value.code.text.startswith("userdata.")


@pytest.mark.parametrize(
    "value", [{"hostname": b"gw"}, {"hostname": object()}, {1: "x"}, {"ntp": {"enabled": float("inf")}}, None]
)
def test_what_is_no_json_is_refused_by_the_privileged_half(value):
    with pytest.raises(Failure):
        from_document(value, SCHEMA)


def test_a_deep_document_is_refused_by_the_privileged_half():
    deep = {}
    for _ in range(5_000):
        deep = {"hostname": deep}
    with pytest.raises(Failure) as caught:
        from_document(deep, SCHEMA)
    assert "nested deeper" in str(caught.value)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.text(max_size=20)
    | st.sampled_from(["{{ tags.x }}", "/etc/x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(sorted(NAMES)) | st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("key", DOCUMENT_KEYS)
@given(st.data())
def test_whatever_stands_under_a_key_is_a_configuration_or_a_failure(key, data):
    content = data.draw(VALUES_NEAR[key] | JSON)
    check(json.dumps({key: content}).encode(), SCHEMA)
    try:
        configuration = resolve(json.dumps({key: content}).encode(), NOBODY, SCHEMA)
    except Failure:
        return
    assert from_document(configuration.document, SCHEMA) == configuration
    assert wanted_effects(configuration, EVERYTHING) == wanted_effects(configuration, EVERYTHING)
