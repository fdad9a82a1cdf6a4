"""The spelling of a document path, and of a foreign text in a message."""

import pytest

from agent.key_path import MAX_QUOTED, path_text, quoted


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("hostname",), "hostname"),
        (("write_files", 2, "path"), "write_files[2].path"),
        (("network", "ethernets", "eth0"), "network.ethernets.eth0"),
        (("report", "tags", "a b"), 'report.tags["a b"]'),
        (("a\nb",), '["a\\nb"]'),
    ],
)
def test_a_path_is_spelled_as_people_write_it(path, text):
    assert path_text(path) == text


def test_a_foreign_text_is_quoted_shortened_and_without_control_characters():
    assert quoted("a\tb\x1b") == "a\\tb\ufffd"
    assert quoted("x" * (MAX_QUOTED + 1)) == "x" * MAX_QUOTED + "…"
