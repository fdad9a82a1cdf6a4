"""The serial of a document before it is signed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.configuration.signed_text import split
from fleet.signing.document_serial import with_serial

NOW = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)


@given(st.binary(max_size=60))
def test_any_document_gets_a_serial_and_ends_with_a_line_break(text):
    found = with_serial(text, NOW)
    assert split(found).serial is not None
    assert found.endswith(b"\n")
    assert with_serial(found, NOW) == found


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        (b"hostname: gw", b"# kitting-serial: 20261123090500\nhostname: gw\n"),
        (b"#cloud-config\nhostname: gw\n", b"#cloud-config\n# kitting-serial: 20261123090500\nhostname: gw\n"),
        (b"# kitting-serial: 7\nhostname: gw\n", b"# kitting-serial: 7\nhostname: gw\n"),
    ],
)
def test_the_serial_is_the_time_unless_the_author_wrote_one(text, signed):
    assert with_serial(text, NOW) == signed
