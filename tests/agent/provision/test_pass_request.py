"""The request of a person at the device for the next pass."""

from dataclasses import replace

from agent.provision.lifecycle import State
from agent.provision.pass_request import PassRequest, request_pass, take_pass_request, with_request
from agent.provision.remembered import Remembered

FIRST = Remembered(State.PROVISIONED, in_force="a" * 64, card="8981000000000000001", changed_at="2026-11-23T09:00:00Z")
SECOND = replace(FIRST, state=State.FAILED, given_up="b" * 64, failures_in_a_row=3)


def test_a_request_is_taken_once(tmp_path):
    assert take_pass_request(tmp_path) is None
    request_pass(tmp_path, PassRequest.ADOPT)
    request_pass(tmp_path, PassRequest.RETRY)
    assert take_pass_request(tmp_path) is PassRequest.RETRY
    assert take_pass_request(tmp_path) is None


def test_a_request_to_adopt_is_distinguished_from_one_to_retry(tmp_path):
    request_pass(tmp_path, PassRequest.ADOPT)
    assert take_pass_request(tmp_path) is PassRequest.ADOPT


def test_a_request_forgets_what_failed_and_nothing_else():
    failed = replace(SECOND, interruptions=2, held=True)
    assert with_request(failed, None) == failed
    assert with_request(failed, PassRequest.RETRY) == replace(FIRST, state=State.FAILED, held=True)
    assert with_request(failed, PassRequest.ADOPT) == replace(FIRST, state=State.FAILED)
