"""What is seen without logging in."""

import os
from pathlib import Path

import pytest

from agent.errors import Code, Failure
from agent.provision.lifecycle import State
from agent.upkeep.panel import (
    Shown,
    copy_issue,
    issue_text,
    light,
    show,
    show_issue,
    show_start,
    shown_now,
    shown_of,
    take_light_request,
)


@pytest.fixture
def led(tmp_path):
    made = tmp_path / "ACT"
    made.mkdir()
    for name, value in {"trigger": "none", "brightness": "0", "max_brightness": "255"}.items():
        (made / name).write_text(value)
    return made


def test_every_state_has_something_to_show():
    assert {shown_of(state) for state in State} == set(Shown)


@pytest.mark.parametrize("shown", [shown for shown in Shown if shown.off_ms])
def test_a_blinking_led_is_left_to_the_kernel(led, shown):
    light("ACT", shown, led.parent)
    assert (led / "trigger").read_text() == "timer"
    assert [int((led / name).read_text()) for name in ("delay_on", "delay_off")] == [shown.on_ms, shown.off_ms]


def test_a_steady_led_has_its_full_brightness(led):
    light("ACT", Shown.DONE, led.parent)
    assert ((led / "trigger").read_text(), (led / "brightness").read_text()) == ("none", "255")


@pytest.mark.parametrize("name", ["led9", "../etc", ".", ""])
def test_an_led_that_is_not_there_is_refused_and_the_others_are_named(led, name):
    with pytest.raises(Failure) as refused:
        light(name, Shown.DONE, led.parent)
    assert refused.value.code is Code.SETTINGS_INVALID
    assert "ACT" in refused.value.detail


def test_what_was_shown_is_read_back_and_not_written_again(tmp_path):
    show(Shown.HELP, tmp_path)
    before = (tmp_path / "shown").stat()
    show(Shown.HELP, tmp_path)
    assert shown_now(tmp_path) is Shown.HELP
    assert (tmp_path / "shown").stat().st_ino == before.st_ino
    assert before.st_mode & 0o777 == 0o644


def test_only_a_change_requests_that_the_led_is_set(tmp_path):
    wanted = tmp_path / "wanted"
    show(Shown.WORKING, tmp_path, wanted)
    take_light_request(wanted)
    assert not wanted.exists()
    show(Shown.WORKING, tmp_path, wanted)
    assert not wanted.exists()
    show(Shown.DONE, tmp_path, wanted)
    assert wanted.exists()


@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("/absent"), os.mkfifo, Path.exists])
def test_a_request_is_taken_and_not_opened(tmp_path, make):
    make(tmp_path / "wanted")
    take_light_request(tmp_path / "wanted")
    assert list(tmp_path.iterdir()) == []


def test_a_directory_in_the_place_of_a_request_is_moved_aside(tmp_path):
    (tmp_path / "wanted").mkdir()
    take_light_request(tmp_path / "wanted")
    assert [path.name for path in tmp_path.iterdir()] == ["wanted.damaged"]


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff" * 32, b"x" * 4096])
def test_an_unknown_word_is_searching(tmp_path, content):
    (tmp_path / "shown").write_bytes(content)
    assert shown_now(tmp_path) is Shown.SEARCHING


def test_a_link_in_the_place_of_the_word_is_not_followed(tmp_path):
    (tmp_path / "secret").write_text("done")
    (tmp_path / "shown").symlink_to(tmp_path / "secret")
    assert shown_now(tmp_path) is Shown.SEARCHING


def test_after_a_boot_it_searches_and_shows_what_it_remembers_once(tmp_path):
    show_start(State.PROVISIONED, "490154203237518", tmp_path)
    assert shown_now(tmp_path) is Shown.SEARCHING
    assert "provisioned   IMSI not seen   IMEI …7518" in (tmp_path / "issue").read_text()
    show(Shown.DONE, tmp_path)
    show_start(State.PROVISIONED, None, tmp_path)
    assert shown_now(tmp_path) is Shown.DONE


def test_without_a_place_nothing_is_shown_and_nothing_fails(tmp_path):
    show(Shown.DONE, tmp_path / "absent")
    show_issue("x", tmp_path / "absent")
    assert list(tmp_path.iterdir()) == []


def test_the_login_prompt_names_only_the_last_digits():
    text = issue_text(State.PROVISIONED, "001010000000001", "490154203237518")
    assert text == "kitting-agent: provisioned   IMSI …0001   IMEI …7518   address \\4\n"
    assert "IMSI not seen   IMEI not read" in issue_text(State.NEW, None, None)


LINE = issue_text(State.ROLLED_BACK, "001010000000001", None)


def test_the_login_prompt_quotes_a_copy_of_root(tmp_path):
    show_issue(LINE, tmp_path, tmp_path / "wanted")
    assert (tmp_path / "wanted").exists()
    copy_issue(tmp_path, tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == LINE
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "text", ["root:x:0:0\n", f"{LINE}{LINE}", "\x1b[2J" + LINE, LINE.replace("\\4", "\\S{ID}"), "x" * 999]
)
def test_no_other_text_comes_to_the_login_prompt(tmp_path, text):
    (tmp_path / "issue").write_text(text)
    copy_issue(tmp_path, tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == ""


def test_no_file_of_root_comes_to_the_login_prompt(tmp_path):
    (tmp_path / "shadow").write_text(LINE)
    (tmp_path / "issue").symlink_to(tmp_path / "shadow")
    (tmp_path / "copy").symlink_to(tmp_path / "issue")
    copy_issue(tmp_path, tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == ""
    assert (tmp_path / "shadow").read_text() == LINE
