"""The failure that a call of the desk ends with."""

import pytest

from agent.errors import Failure


def failure_of(call):
    with pytest.raises(Failure) as caught:
        call()
    return caught.value
