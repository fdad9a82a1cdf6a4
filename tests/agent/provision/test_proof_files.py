"""The proof of a fresh process as files: what is asked, what is answered, and what happens without an answer."""

import json
import sys

import pytest

from agent.errors import Code, Failure
from agent.provision.edges import ProofRequest, Proven
from agent.provision.proof_files import (
    ANSWER,
    REQUEST,
    START_S,
    ByProcess,
    ByUnit,
    asked_proof,
    clear_request,
    place_answer,
)

ASKED = ProofRequest({"kitting_state": "provisioned", "site": "東京"}, 30.0)
LOST = Failure(Code.METADATA_TIMEOUT, "no answer", where="http://metadata.soracom.io")


class Unit:
    """systemd and its service: at a look of the pass the service does something."""

    def __init__(self, place, acts=()):
        self.place, self.acts, self.now, self.seen = place, list(acts), 0.0, []

    def prove(self, request=ASKED):
        return ByUnit(self.place, lambda: self.now, self._sleep).prove(request)

    def _sleep(self, seconds):
        self.now += seconds
        if self.acts:
            self.acts.pop(0)(asked_proof(self.place))


@pytest.mark.parametrize("proven", [Proven(), Proven(reported=True), Proven(failure=LOST)])
def test_the_answer_of_the_service_is_the_proof(tmp_path, proven):
    asked = []

    def answer(proof):
        asked.append(proof.request)
        place_answer(tmp_path, proof.request_id, proven)

    assert Unit(tmp_path, [answer]).prove() == proven
    assert asked == [ASKED]
    assert not (tmp_path / REQUEST).exists()


def test_without_an_answer_nothing_is_proven_and_the_request_is_removed(tmp_path):
    unit = Unit(tmp_path)
    proven = unit.prove()
    assert (proven.reported, proven.failure.code) == (False, Code.APPLY_UNCONFIRMED)
    assert "kitting-proof.service" in proven.failure.detail
    assert unit.now >= ASKED.within_s + START_S
    assert not (tmp_path / REQUEST).exists()


def test_the_answer_to_an_earlier_request_proves_nothing(tmp_path):
    earlier = Unit(tmp_path, [lambda proof: place_answer(tmp_path, proof.request_id, Proven(reported=True))])
    assert earlier.prove() == Proven(reported=True)
    assert Unit(tmp_path).prove().failure.code is Code.APPLY_UNCONFIRMED


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version":1}', '{"version":1,"id":"x","reported":1,"failure":null}', "\0" * 99, '"' * 9]
)
def test_a_damaged_answer_proves_nothing(tmp_path, text):
    unit = Unit(tmp_path, [lambda _: (tmp_path / ANSWER).write_text(text)])
    assert unit.prove().failure.code is Code.APPLY_UNCONFIRMED


def test_without_a_request_there_is_none(tmp_path):
    assert asked_proof(tmp_path) is None


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"version": 2, "id": "1", "tags": {}, "within_s": 1},
        {"version": 1, "id": "", "tags": {}, "within_s": 1},
        {"version": 1, "id": "1", "tags": {"a": 1}, "within_s": 1},
        {"version": 1, "id": "1", "tags": [], "within_s": 1},
        {"version": 1, "id": "1", "tags": {}, "within_s": "1"},
        {"version": 1, "id": "1", "tags": {}, "within_s": True},
    ],
)
def test_a_request_with_a_missing_or_wrong_member_is_refused(tmp_path, values):
    (tmp_path / REQUEST).write_text(json.dumps(values))
    with pytest.raises(Failure) as refused:
        asked_proof(tmp_path)
    assert refused.value.code is Code.ORDER_INVALID


def process(place, program):
    return ByProcess(place, (sys.executable, "-c", program), {"PLACE": str(place)})


ANSWERS = f"""
import json, os, pathlib
place = pathlib.Path(os.environ["PLACE"])
asked = json.loads((place / "{REQUEST}").read_text())
values = {{"version": 1, "id": asked["id"], "reported": asked["tags"]["site"] == "\\u6771\\u4eac", "failure": None}}
(place / "{ANSWER}").write_text(json.dumps(values))
"""


def test_a_process_that_is_started_directly_answers_by_the_same_files(tmp_path):
    assert process(tmp_path, ANSWERS).prove(ASKED) == Proven(reported=True)
    assert not (tmp_path / REQUEST).exists()


def test_a_process_that_cannot_do_its_work_proves_nothing_and_its_reason_is_kept(tmp_path):
    proven = process(tmp_path, "import no_such_module").prove(ASKED)
    assert proven.failure.code is Code.APPLY_UNCONFIRMED
    assert "exit code 1" in proven.failure.detail
    assert "no_such_module" in proven.failure.detail


def test_a_process_that_cannot_be_started_proves_nothing(tmp_path):
    proven = ByProcess(tmp_path, (str(tmp_path / "python3"), "-m", "agent"), {}).prove(ASKED)
    assert proven.failure.code is Code.APPLY_UNCONFIRMED
    assert not (tmp_path / REQUEST).exists()


def test_a_request_can_be_removed_twice(tmp_path):
    clear_request(tmp_path)
    clear_request(tmp_path)
