"""Failures of the platform carry what decisions need."""

from agent.errors import Code, Failure
from fleet.platform.failures import PlatformFailure


def test_a_platform_failure_is_a_failure_with_status_and_code():
    failure = PlatformFailure(
        Code.PLATFORM_REFUSED, "HTTP 400: SEM0016 x", where="POST /sims", status=400, platform_code="SEM0016"
    )
    assert isinstance(failure, Failure)
    assert str(failure) == "platform.refused: POST /sims: HTTP 400: SEM0016 x"
    assert (failure.status, failure.platform_code) == (400, "SEM0016")
    assert failure.advice == Code.PLATFORM_REFUSED.advice


def test_without_a_response_there_is_neither_status_nor_code():
    failure = PlatformFailure(Code.PLATFORM_UNREACHABLE, "no response", where="GET /sims")
    assert (failure.status, failure.platform_code) == (None, None)
