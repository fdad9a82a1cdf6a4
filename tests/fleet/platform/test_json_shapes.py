"""JSON values of the platform have the shape that is expected, or are refused."""

import pytest
from refusals import failure_of

from agent.errors import Code
from fleet.platform.json_shapes import list_of, object_of


def test_values_of_the_expected_shape_are_passed_on():
    assert object_of({"a": 1}, "a group") == {"a": 1}
    assert list_of([1], "groups") == [1]


@pytest.mark.parametrize("value", [None, 1, "x", True])
def test_any_other_value_is_refused_with_what_was_expected(value):
    assert failure_of(lambda: object_of(value, "a group")).detail == "expected a group"
    failure = failure_of(lambda: list_of(value, "groups"))
    assert (failure.code, failure.detail) == (Code.PLATFORM_NOT_UNDERSTOOD, "expected a list of groups")
