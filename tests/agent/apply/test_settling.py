"""After a restart: what an earlier process left open is ended."""

import pytest
from reference_generations import context, copied

from agent.apply.settling import settle
from agent.errors import Code


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"{}", b"00000002 00000000 {}\n"])
def test_a_damaged_journal_is_set_aside_and_reported(ready, fresh, content):
    place = copied(ready, fresh)
    (place / "state/apply/transaction/journal").write_bytes(content)
    outcome = settle(context(place))
    assert outcome.failure.code is Code.APPLY_UNSETTLED
    assert (place / "state/apply/transaction/journal.damaged").read_bytes() == content
    assert settle(context(place)) is None
