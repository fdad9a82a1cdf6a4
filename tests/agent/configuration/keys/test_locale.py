"""`locale` → LANG, generated where it is not built in."""

import pytest

from agent.configuration.keys import locale
from agent.effects import RunCommand, WantedEffect, WriteFile
from agent.reasons import DocumentKey


def root_file(path, text):
    return WriteFile(path, text.encode(), 0o644, "root:root")


def test_a_locale_is_generated_before_it_is_used():
    assert list(locale.render("ja_JP.UTF-8")) == [
        WantedEffect(
            root_file("/etc/locale.gen", "ja_JP.UTF-8 UTF-8\n"),
            DocumentKey(("locale",)),
            then=(RunCommand(("locale-gen",), 300.0),),
        ),
        WantedEffect(root_file("/etc/default/locale", "LANG=ja_JP.UTF-8\n"), DocumentKey(("locale",))),
        WantedEffect(root_file("/etc/locale.conf", "LANG=ja_JP.UTF-8\n"), DocumentKey(("locale",))),
    ]


@pytest.mark.parametrize("built_in", ["C", "POSIX", "C.UTF-8"])
def test_a_locale_that_is_built_in_needs_no_generating(built_in):
    assert [wanted.then for wanted in locale.render(built_in)] == [(), ()]
