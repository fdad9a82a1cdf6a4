"""What the report may quote of a gateway's files."""

import os

import pytest

from agent.errors import Code, Failure
from agent.provision.quoted_file import first_line


def test_the_first_line_is_quoted_without_nuls_and_white_space(tmp_path):
    (tmp_path / "serial").write_bytes(b"\n  10000000abcdef01 \0\nsecond\n")
    assert first_line(tmp_path, "/serial") == "10000000abcdef01"


def test_a_long_file_is_not_read_to_its_end(tmp_path):
    (tmp_path / "long").write_bytes(b"x" * 1_000_000)
    assert len(first_line(tmp_path, "/long")) == 4096


def _secret(place):
    place.write_text("root:$y$secret")
    place.chmod(0o640)


@pytest.mark.parametrize(
    "make",
    [
        _secret,
        lambda place: place.mkdir(),
        lambda place: os.mkfifo(place, 0o644),
        lambda place: place.symlink_to("/dev/zero"),
        lambda place: place.symlink_to(place),
        lambda place: place.write_bytes(b"\xff\xfe"),
        lambda _: None,
    ],
    ids=["secret", "directory", "fifo", "device", "loop", "no text", "missing"],
)
def test_what_not_everybody_may_read_is_never_quoted(tmp_path, make):
    make(tmp_path / "file")
    with pytest.raises(Failure) as caught:
        first_line(tmp_path, "/file")
    assert caught.value.code is Code.REPORT_UNREADABLE
    assert "secret" not in str(caught.value)
