"""What each filter of `{{ }}` makes of a value, as the program that reads it sees it."""

import json
import shlex
import subprocess
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.configuration.filters import Filter, filtered

HOSTILE = [
    "",
    "a b",
    "it's",
    '"; reboot; $(id) `id`',
    "%h $HOME ${X} \\",
    "東京・第一",
    "#;=:,{}[]&*!|>'\"%@`",
    "-rf",
    "~root",
]
LINES = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), max_size=40)


@pytest.mark.parametrize("value", HOSTILE)
def test_sh_is_one_word_of_a_shell(value):
    command = ["/bin/sh", "-c", f"printf '%s|' x {filtered(value, (Filter.SH,))} y"]
    assert subprocess.run(command, capture_output=True, check=True).stdout.decode() == f"x|{value}|y|"


@given(LINES)
def test_sh_is_one_word_whatever_the_value(value):
    assert shlex.split(filtered(value, (Filter.SH,))) == [value]


@given(LINES)
def test_json_is_one_text(value):
    assert json.loads(f'{{"a": {filtered(value, (Filter.JSON,))}}}') == {"a": value}


@given(LINES)
def test_url_is_one_component(value):
    written = filtered(value, (Filter.URL,))
    assert (unquote(written), "/" in written, "?" in written) == (value, False, False)


@given(LINES)
def test_systemd_is_one_word_without_specifiers_and_variables(value):
    """systemd.syntax(7): C escapes between double quotes; systemd.unit(5): %% is %; systemd.service(5): $$ is $."""
    written = filtered(value, (Filter.SYSTEMD,))
    inner = written[1:-1]
    for code, plain in (("$$", "$"), ("%%", "%")):
        assert code[0] not in inner.replace(code, "")
        inner = inner.replace(code, plain)
    assert inner.replace('\\"', '"').replace("\\\\", "\\") == value or "\\" in value
    assert json.loads(f'"{inner}"') == value


def test_ini_stands_between_quotes():
    assert filtered('a"b\\c;d', (Filter.INI,)) == '"a\\"b\\\\c;d"'


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("Tokyo  Office #1", "tokyo-office-1"),
        ("GW_01", "gw-01"),
        ("ＧＷ－０１", "gw-01"),
        ("東京", "xn--1lqs71d"),
        ("../../etc", "etc"),
    ],
)
def test_slug_makes_a_name(value, name):
    assert filtered(value, (Filter.SLUG,)) == name


def test_slug_writes_other_scripts_as_a_domain_name_does():
    written = filtered("大阪 2号機", (Filter.SLUG,))
    assert written.removeprefix("xn--").encode().decode("punycode") == "大阪-2号機"


@pytest.mark.parametrize(
    ("name", "value", "becomes"),
    [
        (Filter.LOWER, "GW-É", "gw-é"),
        (Filter.INT, " +07 ", "7"),
        (Filter.INT, "-5", "-5"),
        (Filter.BOOL, "Yes", "true"),
        (Filter.BOOL, "0", "false"),
    ],
)
def test_values_get_one_form(name, value, becomes):
    assert filtered(value, (name,)) == becomes


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        (Filter.SLUG, "・!", "has no letter and no digit"),
        (Filter.INT, "1.5", "is no whole number"),
        (Filter.INT, "9" * 16, "is no whole number"),
        (Filter.INT, "", "is no whole number"),
        (Filter.BOOL, "maybe", "is neither true nor false"),
    ],
)
def test_a_value_that_has_no_such_form_is_refused(name, value, reason):
    with pytest.raises(ValueError, match=reason):
        filtered(value, (name,))


def test_filters_follow_each_other():
    assert filtered("A B", (Filter.LOWER, Filter.SH)) == "'a b'"
