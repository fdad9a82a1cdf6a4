"""Story: a poll asks the smallest question that can show a change, and a whole pass follows only where one does.

A device that is what it should be asks by turns whether its record changed (one number) and whether its userdata did
(the text, or nothing where the service names its versions). Once in a while, and whenever anything is unusual, it looks
at everything, modem included.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from agent import __version__
from agent.errors import Code, Failure
from agent.provision.lifecycle import Event, State
from agent.provision.pass_context import Hands, Pass, Step
from agent.provision.state_file import Remembered

MOST_QUIET_POLLS = 23
"""At one poll an hour a whole pass a day; a change of the SIM is seen after two polls at most."""
_UNSENT = frozenset({Code.REPORT_NOT_SENT})


def may_ask_small(remembered: Remembered) -> bool:
    """Whether nothing is open that only a whole pass can end."""
    return (
        remembered.state is State.PROVISIONED
        and remembered.imei is not None
        and remembered.seen_record is not None
        and remembered.seen_userdata is not None
        and remembered.quiet_polls < MOST_QUIET_POLLS
        and remembered.failure is None
        and not (remembered.notice and remembered.notice.code in _UNSENT)
        and remembered.agent_version == __version__
    )


def nothing_changed(hands: Hands, this: Pass) -> bool:
    """Asks one small question; raises `metadata.*` where nobody answers."""
    remembered = this.remembered
    try:
        same = _same_record(hands, remembered) if remembered.quiet_polls % 2 else _same_userdata(hands, remembered)
    except Failure as failure:
        if failure.code is not Code.METADATA_NOT_SORACOM and failure.code is not Code.USERDATA_MISSING:
            raise
        same = False
    if same:
        this.remembered = replace(remembered, quiet_polls=remembered.quiet_polls + 1, etag=_etag(hands, remembered))
        hands.tell(Step.FETCH, "nothing has changed")
    return same


def with_what_was_seen(hands: Hands, this: Pass) -> Remembered:
    """What the next poll compares with: only what a pass saw that left nothing to do and nothing to say."""
    calm = this.event is Event.UNCHANGED and not this.tags and this.subscriber is not None
    if not calm or this.subscriber is None:
        return replace(this.remembered, seen_record=None, seen_userdata=None, etag=None, quiet_polls=0)
    seen = hashlib.sha256(this.userdata).hexdigest()
    return replace(
        this.remembered,
        seen_record=this.subscriber.modified,
        seen_userdata=seen,
        etag=hands.service.etag,
        quiet_polls=0,
    )


def _same_record(hands: Hands, remembered: Remembered) -> bool:
    return hands.service.modified() == remembered.seen_record


def _same_userdata(hands: Hands, remembered: Remembered) -> bool:
    text = hands.service.userdata_unless(remembered.etag) if remembered.etag else hands.service.userdata()
    return text is None or hashlib.sha256(text).hexdigest() == remembered.seen_userdata


def _etag(hands: Hands, remembered: Remembered) -> str | None:
    return hands.service.etag or remembered.etag
