"""What differs in the userdata of a group, as people read it."""

import hashlib

from fleet.plan.userdata_diff import MOST_LINES, text_digest, userdata_diff


def test_only_the_lines_that_differ_and_those_around_them_are_shown():
    before = "".join(f"line {n}\n" for n in range(20))
    lines = list(userdata_diff(before, before.replace("line 9\n", "line nine\n")))
    assert lines == ["@@ -8,5 +8,5 @@", " line 7", " line 8", "-line 9", "+line nine", " line 10", " line 11"]


def test_a_group_without_userdata_gets_every_line():
    assert list(userdata_diff(None, "a\nb\n"))[1:] == ["+a", "+b"]


def test_a_long_difference_is_cut_and_the_rest_counted():
    lines = list(userdata_diff("", "x\n" * 500))
    assert (len(lines), lines[-1]) == (MOST_LINES + 1, f"… and {501 - MOST_LINES} lines more")


def test_text_from_the_platform_cannot_reach_the_terminal_as_a_control_character():
    assert "-?[31mred" in list(userdata_diff("\x1b[31mred", "a"))


def test_a_change_of_line_ends_only_is_said():
    assert list(userdata_diff("a\r\n", "a\n")) == ["  (only the ends of lines differ)"]


def test_a_digest_is_the_start_of_the_texts_sha256():
    assert text_digest("a") == f"sha256:{hashlib.sha256(b'a').hexdigest()[:12]}"
    assert text_digest(None) == "nothing"
