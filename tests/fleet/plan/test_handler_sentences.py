"""Sentences that describe event handlers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.plan.handler_sentences import HookAddress, SentenceError, handler_of_sentence
from simulator.api.handlers import checked


@pytest.mark.parametrize(
    "sentence",
    [
        *("slow down above 10 MB a day", "slow down to s1.slow above 1 GB a month", "suspend above 100 MB altogether"),
        *("deactivate above 5 MB", "mail noc@example.com when a SIM is in another device"),
        *("tell the hook when a SIM comes to life", "tell the hook when a device connects"),
        *("lock it to its device when a device connects", "mail a@b.c when a SIM expires"),
        *("tell the hook when a SIM changes its status", "mail a@b.c when a SIM changes its speed"),
    ],
)
def test_every_sentence_is_a_handler_that_the_platform_accepts(sentence):
    body = handler_of_sentence(sentence, HookAddress("https://hook.example/", "s" * 16))
    checked({"name": "x", "status": "active", "targetGroupId": "g", **body})


@given(st.text(max_size=60))
def test_any_other_sentence_is_refused_with_a_text(words):
    try:
        result = handler_of_sentence(words, None)
    except SentenceError as error:
        result = str(error)
    assert result
