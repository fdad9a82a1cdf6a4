"""`ntp` → a drop-in for systemd-timesyncd."""

from agent.configuration.keys import ntp
from agent.effects import ServiceVerb, Verb, WantedEffect, WriteFile
from agent.reasons import DocumentKey


def root_file(path, text):
    return WriteFile(path, text.encode(), 0o644, "root:root")


def test_time_servers_are_a_drop_in_of_their_own():
    assert list(ntp.render({"servers": ["a", "2001:db8::1"], "pools": ["b"]})) == [
        WantedEffect(
            root_file("/etc/systemd/timesyncd.conf.d/50-kitting-agent.conf", "[Time]\nNTP=a 2001:db8::1 b\n"),
            DocumentKey(("ntp",)),
            then=(ServiceVerb("systemd-timesyncd.service", Verb.RESTART),),
        ),
        WantedEffect(ServiceVerb("systemd-timesyncd.service", Verb.ENABLE), DocumentKey(("ntp",))),
    ]


def test_without_servers_the_defaults_of_timesyncd_are_kept():
    assert list(ntp.render({})) == [
        WantedEffect(ServiceVerb("systemd-timesyncd.service", Verb.ENABLE), DocumentKey(("ntp",)))
    ]


def test_ntp_that_is_not_enabled_is_not_set_up():
    assert list(ntp.render({"enabled": False, "servers": ["a"]})) == []
