"""What a fresh process does to prove that the service can be reached."""

from agent.errors import Code, Failure
from agent.provision.edges import ProofRequest, Proven
from agent.provision.proving import prove

LOST = Failure(Code.METADATA_TIMEOUT, "no answer")


class Service:
    """A service that takes tags and answers, or does not; with a record of what it was asked."""

    def __init__(self, *, tags=None, answer=None):
        self.asked, self._tags, self._answer = [], tags, answer

    def put_tags_anew(self, tags):
        self.asked.append(("PUT", dict(tags)))
        if self._tags:
            raise self._tags

    def answers_anew(self, within_s):
        self.asked.append(("GET", within_s))
        if self._answer:
            raise self._answer


def test_a_report_that_was_taken_is_the_proof_and_nothing_else_is_asked():
    service = Service()
    assert prove(service, ProofRequest({"a": "1"}, 30.0)) == Proven(reported=True)
    assert service.asked == [("PUT", {"a": "1"})]


def test_without_a_report_the_smallest_question_is_asked():
    service = Service()
    assert prove(service, ProofRequest({}, 30.0)) == Proven()
    assert service.asked == [("GET", 30.0)]


def test_a_report_that_is_refused_proves_nothing_but_an_answer_does():
    service = Service(tags=Failure(Code.REPORT_READ_ONLY, "refused"))
    assert prove(service, ProofRequest({"a": "1"}, 30.0)) == Proven()
    assert service.asked == [("PUT", {"a": "1"}), ("GET", 30.0)]


def test_a_service_that_does_not_answer_is_not_reached():
    assert prove(Service(tags=LOST, answer=LOST), ProofRequest({"a": "1"}, 30.0)) == Proven(failure=LOST)
