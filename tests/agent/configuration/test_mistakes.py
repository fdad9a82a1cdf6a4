"""What people mistype is named in their words, with the place where it is."""

import base64
import gzip

import pytest

from agent.configuration.resolving import check
from agent.configuration.schema_file import userdata_schema
from agent.settings import ApplySettings

SCHEMA = userdata_schema()


def first(text, policy=None):
    """Line, column and message of the first problem of a text."""
    problem = check(text if isinstance(text, bytes) else text.encode(), SCHEMA, policy)[0]
    return problem.line, problem.column, problem.what


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("hostname: gw\nntp:\n\tservers: [a.b]\n", 3, 1, "a tab"),
        ('hostname: "gw\ntimezone: Asia/Tokyo\n', 1, 11, "the quotation mark that begins here"),
        ("write_files:\n  - path: /etc/a\n    content: foo: bar\n", 3, 17, "a colon and a space inside a value"),
        ("write_files:\n  - path: /etc/a\n   content: x\n", 3, 4, "indented differently"),
        ("hostname：gw\n", 1, 9, "a full-width colon (U+FF1A)"),
        ("hostname:\u3000gw\n", 1, 10, "an ideographic space (U+3000)"),
        ("hostname:\u00a0gw\n", 1, 10, "a no-break space (U+00A0)"),
        ("a: 1\nntp:\n\u3000servers: [a]\n", 3, 1, "an ideographic space (U+3000)"),
        ("hostname: “gw”\n", 1, 1, "a typographic quotation mark (U+201C)"),
        ("```yaml\nhostname: gw\n```\n", 1, 1, "a code fence"),
        ("hostname: gw\n{% if tags.a %}\n", 2, 1, "Jinja's {% … %}"),
        ("## template: jinja\nhostname: gw-{# x #}\n", 2, 14, "Jinja's {% … %} and {# … #}"),
        ("#include\nhttp://a.example/x\n", 1, 1, "#include"),
        ("#cloud-boothook\n#!/bin/sh\n", 1, 1, "a boothook"),
        ("/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj\n", 1, 1, "another format than gzip"),
        (base64.b64encode(b"hostname: gw\nntp: {servers: [a]}\n"), 1, 1, "base64 of a plain text"),
        ("timezone: JST\n", 1, 1, "did you mean Asia/Tokyo?"),
        ("services: {start: [getty@.service]}\n", 1, 20, "a template unit"),
        ("runcmd: [[cd, /opt]]\n", 1, 10, "cd is a part of the shell"),
        (f"write_files: [{{path: /etc/{'漢' * 86}, content: x}}]\n", 1, 15, "more than 255 bytes"),
    ],
)
def test_a_mistake_is_named_where_it_is(text, line, column, says):
    found = first(text)
    assert (found[:2], says in found[2]) == ((line, column), True), found


def test_a_mark_of_the_byte_order_before_packed_text_is_no_mistake():
    packed = base64.b64encode(gzip.compress(b"hostname: gw\n"))
    assert check(b"\xef\xbb\xbf" + packed, SCHEMA) == ()


@pytest.mark.parametrize("text", ["just a word\n", "- a\n- b\n", "a: [1\n", "a: {b: 1\n", "a: *b\n", "\u3000\n"])
def test_what_is_no_known_mistake_keeps_the_parsers_words(text):
    assert first(text)[2]


def test_a_name_of_85_kanji_fits():
    assert check(f"write_files: [{{path: /etc/{'漢' * 85}, content: x}}]\n".encode(), SCHEMA) == ()


def test_what_devices_with_these_settings_refuse_is_wrong_as_well():
    document = "hostname: gw\nruncmd: [[logger, x]]\n"
    assert check(document.encode(), SCHEMA) == ()
    assert first(document, ApplySettings())[:2] == (2, 1)
