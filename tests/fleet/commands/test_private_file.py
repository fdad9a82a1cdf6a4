"""A file with a secret of the desk."""

import pytest
from refusals import failure_of

from agent.errors import Code
from fleet.commands.private_file import MAX_SECRET, private_line


def private(path, content, mode=0o600):
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_the_first_line_counts_whatever_ends_it(tmp_path):
    assert private_line(private(tmp_path / "s", b"first\r\nsecond\n"), "secret") == "first"
    assert private_line(private(tmp_path / "s", b""), "secret") == ""


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o610])
def test_a_file_that_others_may_use_is_refused_with_the_command_that_closes_it(tmp_path, mode):
    path = private(tmp_path / "s", b"x", mode)
    failure = failure_of(lambda: private_line(path, "secret"))
    assert (failure.code, failure.where) == (Code.FILE_UNREADABLE, str(path))
    assert f"chmod 600 {path}" in failure.advice


def test_a_file_that_is_missing_or_no_text_is_named(tmp_path):
    for path in (tmp_path / "absent", private(tmp_path / "s", b"\xff\xfe")):
        assert failure_of(lambda path=path: private_line(path, "secret")).code is Code.FILE_UNREADABLE


def test_of_a_huge_line_only_a_little_more_than_the_most_is_read(tmp_path):
    assert len(private_line(private(tmp_path / "s", b"x" * 1_000_000), "secret")) == MAX_SECRET + 2
