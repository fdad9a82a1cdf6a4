"""`timezone` → a link."""

from agent.configuration.keys import timezone
from agent.effects import Link, WantedEffect, WriteFile
from agent.reasons import DocumentKey


def root_file(path, text):
    return WriteFile(path, text.encode(), 0o644, "root:root")


def test_the_time_zone_is_a_link_to_a_zone_that_exists():
    assert list(timezone.render("Asia/Tokyo")) == [
        WantedEffect(
            Link("/etc/localtime", "/usr/share/zoneinfo/Asia/Tokyo", must_exist=True), DocumentKey(("timezone",))
        ),
        WantedEffect(root_file("/etc/timezone", "Asia/Tokyo\n"), DocumentKey(("timezone",))),
    ]
