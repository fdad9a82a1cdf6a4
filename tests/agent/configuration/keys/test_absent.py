"""`absent` → paths with nothing at them."""

from agent.configuration.keys import absent
from agent.effects import RemoveFile, WantedEffect
from agent.reasons import DocumentKey


def test_each_path_is_removed_in_the_order_of_the_document():
    assert list(absent.render(["/etc/b", "/etc/a"])) == [
        WantedEffect(RemoveFile("/etc/b"), DocumentKey(("absent", 0))),
        WantedEffect(RemoveFile("/etc/a"), DocumentKey(("absent", 1))),
    ]
