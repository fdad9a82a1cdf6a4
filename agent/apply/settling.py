"""Story. After a restart: ends what an earlier process left open, or writes again that it waits for a confirmation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.apply.context import ApplyContext
from agent.apply.journal import journal as journals
from agent.apply.journal import store as stores
from agent.apply.journal.journal import Journal
from agent.apply.journal.store import Store
from agent.apply.journal.transaction import ApplyEvent, ApplyState, Happened
from agent.apply.machine.os_errors import disk_refusals
from agent.errors import Code, Failure
from agent.handover.order import Outcome, Scrub


def journal_place(own: Path) -> Path:
    """The journal of an apply, in the root half's directory; it is there as long as the apply is open."""
    return own / stores.NAME / journals.NAME


def settle(context: ApplyContext) -> Outcome | None:
    """Ends what was left open; None where nothing was left open."""
    if not (context.own / stores.NAME).is_dir():
        return None
    with opened_store(context) as store:
        return _settle(store, context)


def settle_earlier(store: Store, context: ApplyContext) -> None:
    """Ends what was left open before a new order; raises `apply.unsettled` where the earlier order stays open."""
    _settle(store, context)
    if (journal := journals.found(store)) is not None:
        waits = journal.progress.state is ApplyState.UNCONFIRMED
        why = "waits for its confirmation" if waits else "could not be brought to its end"
        raise Failure(Code.APPLY_UNSETTLED, f"the earlier order {journal.ordered.order_id} {why}")


@contextmanager
def opened_store(context: ApplyContext) -> Iterator[Store]:
    """The locked store of the root half; raises `state.unwritable` where the disk refuses, or `pass.under_way`."""
    with stores.opened_store(context.own, context.disk) as store, disk_refusals(Code.STATE_UNWRITABLE):
        yield store


def _settle(store: Store, context: ApplyContext) -> Outcome | None:
    try:
        journal = journals.found(store)
    except ValueError as damage:
        return _set_aside(damage, store, context)
    return _ended(journal, store, context) if journal else None


def _set_aside(damage: ValueError, store: Store, context: ApplyContext) -> Outcome:
    from agent.apply.conclusion import refused_outcome

    store.set_aside(journals.NAME)
    why = f"the journal is damaged ({damage}) and was set aside; what was applied then stays"
    return refused_outcome(None, None, Failure(Code.APPLY_UNSETTLED, why), context)


def _ended(journal: Journal, store: Store, context: ApplyContext) -> Outcome:
    from agent.apply.conclusion import conclude, keep_unasked
    from agent.apply.execution import take_back
    from agent.apply.journal.outcomes import is_cut_off_scrub

    journal.append_if_possible(Happened(ApplyEvent.RESTARTED))
    if journal.ordered.is_way_back:
        keep_unasked(journal)
    outcome = conclude(journal, context, take_back(journal, context.gateway) if journal.is_undoing else ())
    if journal.progress.state is ApplyState.UNDONE and is_cut_off_scrub(journal.ordered, journal.progress):
        from agent.apply.leading_back import scrubbed

        return scrubbed(Scrub(journal.ordered.order_id), store, context)
    return outcome
