"""Event handlers over the API."""

from simulated_operator import BENCH

from fleet.plan.handler_sentences import handler_of_sentence
from fleet.platform.calls import event_handler_calls


def test_a_handler_is_created_read_replaced_and_deleted(operator):
    body = {
        "name": "n",
        "status": "active",
        "targetGroupId": BENCH,
        **handler_of_sentence("suspend above 100 MB", None),
    }
    event_handler_calls.create_handler(operator.api, body)
    (handler,) = event_handler_calls.all_handlers(operator.api)
    assert (handler.name, handler.body["ruleConfig"]) == ("n", body["ruleConfig"])
    event_handler_calls.update_handler(operator.api, handler.handler_id, {**body, "name": "m"})
    assert [one.name for one in event_handler_calls.all_handlers(operator.api)] == ["m"]
    event_handler_calls.delete_handler(operator.api, handler.handler_id)
    assert event_handler_calls.all_handlers(operator.api) == ()
