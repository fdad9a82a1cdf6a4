"""The text of each reason, for people."""

import pytest

from agent.errors import Code
from agent.reasons import Cause, DirectoryAbove, DocumentKey, Drift, EarlierText, NotDone, reason_text

FILE = DocumentKey(("write_files", 2))


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (FILE, "write_files[2]"),
        (DocumentKey(("network", "ethernets", "eth0")), "network.ethernets.eth0"),
        (Cause.NO_LONGER_NAMED, "no longer named"),
        (DirectoryAbove(FILE), "write_files[2]: directory above it"),
        (DirectoryAbove(Cause.NO_LONGER_NAMED), "no longer named: directory above it"),
        (Drift(FILE), "changed by somebody else since; write_files[2] wants it otherwise"),
        (NotDone(Code.APPLY_FAILED, "exit code 1"), "apply.failed: exit code 1"),
        (EarlierText("hostname"), "hostname"),
    ],
)
def test_a_reason_has_one_text(reason, text):
    assert reason_text(reason) == text


def test_a_document_key_names_the_key_at_the_top():
    assert FILE.key == "write_files"
