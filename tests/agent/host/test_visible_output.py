"""Standard output and standard error, as a command writes to them."""

import io
import sys
from contextlib import redirect_stdout

import pytest

from agent.host.process_entry import print_lines
from agent.host.visible_output import as_it_is, visible_output


def test_a_line_of_a_program_is_cleaned_and_its_end_stays():
    with redirect_stdout(io.StringIO()) as output, visible_output():
        print_lines(["a\x1b[2J\nFORGED"])
    assert output.getvalue() == "a�[2J�FORGED\n"


def test_afterwards_the_streams_are_those_of_before():
    with redirect_stdout(io.StringIO()) as output:
        with pytest.raises(KeyError), visible_output():
            raise KeyError
        assert sys.stdout is output


def test_a_process_without_a_standard_output_stays_without_one():
    with redirect_stdout(None), visible_output():
        print_lines(["nobody reads this"])
        assert sys.stdout is None


def test_what_has_a_format_of_its_own_goes_past_it():
    with redirect_stdout(io.StringIO()) as output, visible_output():
        as_it_is(sys.stdout).write("\ufeff\r")
        assert as_it_is(output) is output
    assert output.getvalue() == "\ufeff\r"
