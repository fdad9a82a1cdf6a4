"""What `make stress` says about its runs, and that its load ends with it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from stress import Run, outcome_in, summary
from waiting import exit_of, line_of, output_of, until

HERE = Path(__file__).parent
RESULTS = """<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" errors="2" failures="1" skipped="1" tests="5">
<testcase classname="tests.a.test_x" name="test_good[1-é]" file="tests/a/test_x.py" line="3" time="0.1"/>
<testcase classname="tests.a.test_x" name="test_bad[&lt;]" file="tests/a/test_x.py"><failure/></testcase>
<testcase classname="tests.a.test_x" name="test_set_up" file="tests/a/test_x.py"><error message="m">t</error></testcase>
<testcase classname="tests.a.test_x" name="test_left_out" file="tests/a/test_x.py"><skipped message="m"/></testcase>
<testcase classname="" name="tests.a.test_unreadable"><error message="collection">t</error></testcase>
</testsuite></testsuites>"""


def test_a_test_has_failed_where_it_or_what_it_needs_has_failed():
    failed = ("tests.a.test_unreadable", "tests/a/test_x.py::test_bad[<]", "tests/a/test_x.py::test_set_up")
    assert outcome_in(RESULTS) == (5, failed)


@pytest.mark.parametrize("length", [0, 100, len(RESULTS) - 1])
def test_incomplete_results_are_not_counted(length):
    assert outcome_in(RESULTS[:length]) == (0, ())


def test_the_most_frequent_failure_stands_first_with_the_seeds_that_repeat_it():
    runs = [Run(7, 1, 9, ("a::b", "a::c")), Run(8, 0, 9, ()), Run(9, 1, 9, ("a::c",)), Run(10, 3, 0, ())]
    assert summary(runs) == [
        "4 runs, of which 3 failed:",
        "  2 of 4  a::c  seeds 7 9",
        "  1 of 4  (pytest ended with 3)  seeds 10",
        "  1 of 4  a::b  seeds 7",
        "The same order again: make stress RUNS=1 SEED=…",
    ]


def test_runs_without_a_failure_are_one_line():
    assert summary([Run(7, 0, 9, ()), Run(8, 0, 9, ())]) == ["nothing failed in 2 runs"]


def alive(pid):
    """A process that has ended is alive no more, even if nobody has asked for its end."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


HOLDS_A_LOAD = """
import signal, stress
signal.signal(signal.SIGINT, signal.default_int_handler)
with stress.load(2) as load:
    print(*load, flush=True)
    signal.pause()
"""


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda by: by.name)
def test_the_load_ends_with_the_program_however_that_ends(by):
    command = [sys.executable, "-c", HOLDS_A_LOAD]
    with subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        load = line_of(process.stdout).split()
        assert [alive(pid) for pid in load] == [True, True]
        process.send_signal(by)
        exit_of(process)
    until("the load's end", lambda: [alive(pid) for pid in load], lambda seen: seen == [False, False])


def stress(place, *words):
    """The program, with its logs in a place of the test's own."""
    options = ("--workers=1", "--load=1", "--seed=7", f"--kept={place}", f"--rootdir={place}")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COVERAGE_"))}
    command = [sys.executable, HERE / "stress.py", *options, *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def stressed(place, *words):
    """The exit code and the printed lines of the program."""
    with stress(place, *words) as process:
        output, _ = output_of(process)
        return exit_of(process), output.splitlines()


def test_a_suite_that_fails_in_each_run_is_listed_with_its_seeds(tmp_path):
    (tmp_path / "test_it.py").write_text("def test_good(): pass\ndef test_bad(): assert False\n")
    code, output = stressed(tmp_path, "--runs=2", str(tmp_path / "test_it.py"))
    assert code == 1
    assert output[-4:] == [
        "2 runs, of which 2 failed:",
        "  2 of 2  test_it.py::test_bad  seeds 7 8",
        "The same order again: make stress RUNS=1 SEED=…",
        f"logs: {tmp_path}",
    ]
    assert "1 failed, 1 passed" in (tmp_path / "7.log").read_text()


def test_a_suite_that_cannot_run_has_failed(tmp_path):
    code, output = stressed(tmp_path, "--runs=1", "--no-such-option")
    assert code == 1
    assert "  1 of 1  (pytest ended with 4)  seeds 7" in output


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM], ids=lambda by: by.name)
def test_an_interruption_ends_the_suite_and_shows_the_results_so_far(tmp_path, by):
    (tmp_path / "test_it.py").write_text(
        f"import os, time\ndef test_it():\n    open({str(tmp_path / 'began')!r}, 'w').write(str(os.getpid()))\n"
        "    while True: time.sleep(1)\n"
    )
    began = tmp_path / "began"
    with stress(tmp_path, str(tmp_path / "test_it.py")) as process:
        until("the suite's test", lambda: began.exists() and began.read_text(), process=process)
        process.send_signal(by)
        output, _ = output_of(process)
        assert exit_of(process) == 130
    assert output.splitlines()[1:] == ["interrupted", "nothing failed in 0 runs", f"logs: {tmp_path}"]
    until("the suite's end", lambda: alive(began.read_text()), lambda seen: not seen)
