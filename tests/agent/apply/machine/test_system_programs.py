"""How the end of a program is judged."""

import pytest
from stand_in_programs import HOSTILE

from agent.apply.machine.system_programs import SystemPrograms, failed, how_it_ended, one_line
from agent.errors import Code, Failure

PROGRAMS = SystemPrograms({"PATH": "/usr/bin:/bin"})


def test_what_a_program_prints_is_returned():
    assert PROGRAMS.printed(("sh", "-c", "echo one; echo two >&2")) == "one\ntwo\n"


@pytest.mark.parametrize(
    ("argv", "limit_s", "why"),
    [
        (("sh", "-c", "echo no; exit 3"), 5.0, "exit code 3: no"),
        (("sh", "-c", "kill -9 $$"), 5.0, "ended by signal 9"),
        (("sh", "-c", "echo here; sleep 30"), 0.2, "not ended within 0.2 s: here"),
        (("no-such-program",), 5.0, "No such file or directory"),
    ],
)
def test_any_other_end_is_a_failure_that_names_the_program(argv, limit_s, why):
    with pytest.raises(Failure) as caught:
        PROGRAMS.printed(argv, limit_s)
    assert (caught.value.code, caught.value.detail) == (Code.APPLY_FAILED, why)
    assert caught.value.where.startswith(argv[0])


@pytest.mark.parametrize(("text", "succeeds"), [("exit 0", True), ("exit 1", False)])
def test_an_exit_code_answers_yes_or_no(text, succeeds):
    assert PROGRAMS.succeeds(("sh", "-c", text)) is succeeds


@pytest.mark.parametrize("text", ["kill -9 $$", "exec /no/such/program"])
def test_a_program_that_was_killed_answers_nothing(text):
    if text.startswith("kill"):
        with pytest.raises(Failure, match="ended by signal 9"):
            PROGRAMS.succeeds(("sh", "-c", text))
    else:
        assert not PROGRAMS.succeeds(("sh", "-c", text))


def test_what_is_shown_of_an_output_is_one_printable_line():
    end = PROGRAMS.ended(("sh", "-c", f"printf '{HOSTILE}\\n\\tmore'"))
    assert one_line(end.output).isprintable()
    assert one_line(end.output).endswith("evil more")


def test_the_words_of_a_long_command_are_cut_in_a_failure():
    assert len(failed(("x" * 1000,), "why").where) == 200
    assert how_it_ended(-15, "") == "ended by signal 15"
