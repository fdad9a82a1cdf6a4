"""Bytes → text."""

import base64
import gzip

import pytest

from agent.configuration.problems import Refused
from agent.configuration.text import MAX_PACKED_BYTES, MAX_UNPACKED_BYTES, unpack
from agent.errors import Code

TEXT = "hostname: gw-é\n"
GZIP = gzip.compress(TEXT.encode(), mtime=0)


@pytest.mark.parametrize(
    "userdata",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        GZIP,
        base64.b64encode(GZIP),
        b"\n " + base64.encodebytes(GZIP).replace(b"\n", b"\r\n"),
        gzip.compress(b"\xef\xbb\xbf" + TEXT.encode(), mtime=0),
    ],
)
def test_every_packing_gives_the_same_text(userdata):
    assert unpack(userdata) == TEXT


def code_of(userdata):
    with pytest.raises(Refused) as caught:
        unpack(userdata)
    return caught.value.problems[0].code


def test_the_limits_are_distinguished_from_what_is_just_within_them():
    assert len(unpack(b"#" * MAX_PACKED_BYTES)) == MAX_PACKED_BYTES
    assert code_of(b"#" * (MAX_PACKED_BYTES + 1)) is Code.USERDATA_TOO_LARGE
    assert len(unpack(gzip.compress(b"#" * MAX_UNPACKED_BYTES))) == MAX_UNPACKED_BYTES
    assert code_of(gzip.compress(b"#" * (MAX_UNPACKED_BYTES + 1))) is Code.USERDATA_TOO_LARGE


@pytest.mark.parametrize("length", range(2, len(GZIP)))
def test_a_gzip_that_was_cut_anywhere_is_refused(length):
    assert code_of(GZIP[:length]) is Code.USERDATA_NOT_TEXT


@pytest.mark.parametrize("userdata", [b"", b" \n\t ", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
def test_nothing_is_missing_userdata(userdata):
    assert code_of(userdata) is Code.USERDATA_MISSING


@pytest.mark.parametrize(
    "userdata", [b"H4sI!!!!", b"a\x7fb", b"a\xc2\x9bb", b"\xed\xa0\x80", b"\xc0\xaf", b"\xff\xfeh\x00"]
)
def test_what_is_no_text_is_refused(userdata):
    assert code_of(userdata) is Code.USERDATA_NOT_TEXT
