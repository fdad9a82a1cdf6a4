"""The keys that are a file or two: hostname, timezone, locale, ntp, runcmd, report."""

import pytest

from agent.configuration.keys import hostname, locale, ntp, report, runcmd, timezone
from agent.configuration.keys.report import ReportItem
from agent.effects import Link, RunCommand, ServiceVerb, Verb, Wanted, WriteFile


def root_file(path, text):
    return WriteFile(path, text.encode(), 0o644, "root:root")


def test_the_host_name_is_a_file_and_in_force_at_once():
    assert list(hostname.render("gw-1")) == [
        Wanted(
            root_file("/etc/hostname", "gw-1\n"),
            "hostname",
            then=(RunCommand(("hostname", "-F", "/etc/hostname"), 10.0),),
        )
    ]


def test_the_time_zone_is_a_link_to_a_zone_that_exists():
    assert list(timezone.render("Asia/Tokyo")) == [
        Wanted(Link("/etc/localtime", "/usr/share/zoneinfo/Asia/Tokyo", must_exist=True), "timezone"),
        Wanted(root_file("/etc/timezone", "Asia/Tokyo\n"), "timezone"),
    ]


def test_a_locale_is_generated_before_it_is_used():
    assert list(locale.render("ja_JP.UTF-8")) == [
        Wanted(
            root_file("/etc/locale.gen", "ja_JP.UTF-8 UTF-8\n"), "locale", then=(RunCommand(("locale-gen",), 300.0),)
        ),
        Wanted(root_file("/etc/default/locale", "LANG=ja_JP.UTF-8\n"), "locale"),
        Wanted(root_file("/etc/locale.conf", "LANG=ja_JP.UTF-8\n"), "locale"),
    ]


@pytest.mark.parametrize("built_in", ["C", "POSIX", "C.UTF-8"])
def test_a_locale_that_is_built_in_needs_no_generating(built_in):
    assert [wanted.then for wanted in locale.render(built_in)] == [(), ()]


def test_time_servers_are_a_drop_in_of_their_own():
    assert list(ntp.render({"servers": ["a", "2001:db8::1"], "pools": ["b"]})) == [
        Wanted(
            root_file("/etc/systemd/timesyncd.conf.d/50-kitting-agent.conf", "[Time]\nNTP=a 2001:db8::1 b\n"),
            "ntp",
            then=(ServiceVerb("systemd-timesyncd.service", Verb.RESTART),),
        ),
        Wanted(ServiceVerb("systemd-timesyncd.service", Verb.ENABLE), "ntp"),
    ]


def test_without_servers_the_defaults_of_timesyncd_are_kept():
    assert list(ntp.render({})) == [Wanted(ServiceVerb("systemd-timesyncd.service", Verb.ENABLE), "ntp")]


def test_ntp_that_is_not_enabled_is_not_set_up():
    assert list(ntp.render({"enabled": False, "servers": ["a"]})) == []


def test_a_text_is_for_a_shell_and_a_list_is_not():
    assert list(runcmd.render(["echo $HOME", ["echo", "$HOME"]])) == [
        Wanted(RunCommand(("/bin/sh", "-c", "echo $HOME"), 300.0), "runcmd[0]"),
        Wanted(RunCommand(("echo", "$HOME"), 300.0), "runcmd[1]"),
    ]


def test_a_report_changes_nothing_and_has_its_tags_by_name():
    document = {"tags": {"b": {"file": "/etc/machine-id"}, "a": {"value": ""}}}
    assert list(report.render(document)) == []
    assert list(report.items(document)) == [ReportItem("a", value=""), ReportItem("b", file="/etc/machine-id")]
    assert list(report.items({})) == []
