"""An event handler as the API returns it."""

from refusals import failure_of

from agent.errors import Code
from fleet.platform.event_handler import EventHandler, event_handler_of


def test_an_event_handler_keeps_its_rule_in_the_apis_own_form():
    value = {"handlerId": "h", "name": "n", "ruleConfig": {"type": "SimExpiredRule"}}
    assert event_handler_of(value) == EventHandler("h", "n", value)


def test_any_other_value_is_not_understood():
    assert failure_of(lambda: event_handler_of([])).code is Code.PLATFORM_NOT_UNDERSTOOD
