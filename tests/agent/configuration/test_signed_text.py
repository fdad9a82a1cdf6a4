"""A signature at the end of userdata: cut off exactly, whatever stands above it and below."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.configuration.signed_text import MARKER, SignedText, joined, split

TEXT = b"hostname: gw-1\n# kitting-serial: 20261123090000\n"


@given(st.binary())
def test_whatever_is_joined_is_split_again(text):
    text = text.replace(MARKER, b"") + b"\n"
    signature = b"-----BEGIN SSH SIGNATURE-----\nU1NI\n-----END SSH SIGNATURE-----\n"
    assert split(joined(text, signature)) == SignedText(text, signature)


@given(st.binary())
def test_any_bytes_are_split(userdata):
    assert userdata.startswith(split(userdata).text)
    assert split(userdata).serial is None or split(userdata).serial >= 0


def test_a_text_without_a_marker_is_all_text():
    assert split(TEXT) == SignedText(TEXT, None)


@pytest.mark.parametrize(
    "below", [b"", b"\n", b"#\n", b"not quoted\n", b"#-----BEGIN SSH SIGNATURE-----\n#\xff\n", b"#" + b"x" * 20000]
)
def test_what_is_no_signature_is_none(below):
    assert split(TEXT + MARKER + b"\n" + below).signature is None


def test_the_serial_is_read_from_the_signed_text_only():
    signed = split(TEXT + MARKER + b"\n# kitting-serial: 99999999999999\n")
    assert signed.serial == 20261123090000
    assert split(b"hostname: x\n").serial is None
