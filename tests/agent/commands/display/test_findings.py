"""The findings of the doctor, for people and for programs."""

from agent.commands.display.findings import finding_lines, finding_values
from agent.upkeep.findings import Finding, Level

CLOCK = Finding("clock", Level.WARNING, "it shows 1970", "Set it.")


def test_a_finding_has_a_mark_and_its_advice_below():
    assert list(finding_lines(CLOCK)) == [
        f"!!  {'clock':<26} it shows 1970",
        f"    {'':<26} → Set it.",
    ]


def test_every_level_has_a_mark_of_two_characters():
    marks = {next(finding_lines(Finding("x", level, "y")))[:4] for level in Level}
    assert marks == {"ok  ", "!!  ", "XX  ", "--  "}


def test_programs_get_every_finding():
    assert finding_values([CLOCK]) == {
        "findings": [{"name": "clock", "level": "warning", "what": "it shows 1970", "advice": "Set it."}]
    }
