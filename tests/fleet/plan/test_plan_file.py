"""Reading a plan and the files beside it."""

import pytest
from kitting_plans import FILES, PLAN, plan
from refusals import failure_of

from agent.errors import Code
from fleet.plan import plan_file
from fleet.plan.plan_file import read_plan


@pytest.fixture
def place(tmp_path):
    for name, content in {**FILES.contents, "plan.yaml": PLAN.encode()}.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path / "plan.yaml"


def test_a_plan_is_read_with_the_files_beside_it(place):
    assert read_plan(place) == plan()


def test_a_missing_file_beside_the_plan_is_a_fault_of_the_plan(place):
    (place.parent / "sims.csv").unlink()
    failure = failure_of(lambda: read_plan(place))
    assert (failure.code, "line 2, sims.csv" in failure.detail) == (Code.PLAN_INVALID, True)


def test_a_missing_plan_is_named(place):
    failure = failure_of(lambda: read_plan(place.parent / "none.yaml"))
    assert (failure.code, failure.where) == (Code.FILE_UNREADABLE, str(place.parent / "none.yaml"))


def test_a_plan_in_another_encoding_is_named(place):
    place.write_bytes("name: 東京\n".encode("shift-jis"))
    assert "UTF-8" in failure_of(lambda: read_plan(place)).detail


def test_a_file_that_is_too_large_is_not_read_to_its_end(place, monkeypatch):
    monkeypatch.setattr(plan_file, "MAX_FILE_BYTES", 10)
    assert failure_of(lambda: read_plan(place)).code is Code.FILE_UNREADABLE
