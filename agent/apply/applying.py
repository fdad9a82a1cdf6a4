"""Story: one order in the privileged half, top to bottom, and what follows after a power cut.

    settle    what an earlier order left open comes to its end first
    plan      the document's effects against what is there
    keep      what stands there is kept, before anything is touched
    do        step by step; what acts on services is begun in the journal before it is done
    wait      for the confirmation: `confirm` keeps everything, `undo` takes everything back

A step that fails takes everything back. An outcome is said before the order is forgotten, so that a power cut only says
it again. `Failure` is raised where the directory cannot be used or another apply is under way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agent.apply.journal import journal as journals
from agent.apply.journal import store as stores
from agent.apply.journal.journal import Journal
from agent.apply.journal.outcomes import is_cut_off_scrub, noting, outcome_of, powers, shown, without
from agent.apply.journal.records import Ordered, contents_of, larges_of, left_by
from agent.apply.journal.store import Store
from agent.apply.journal.transaction import Event, Happened, State
from agent.apply.machine.commands import CommandFailed
from agent.apply.machine.gateway import Gateway
from agent.apply.machine.os_errors import as_failure
from agent.apply.machine.setup import Room, room
from agent.apply.planning.actions import undo_steps
from agent.apply.planning.allowed_places import check_places
from agent.apply.planning.diff import secrets_of
from agent.apply.planning.plan import Plan, make_plan, questions
from agent.apply.planning.steps import ActionStep, FileStep, Managed
from agent.apply.planning.way_back import plan_back, plan_scrub, questions_back, questions_scrub
from agent.configuration.resolving import from_document, wanted_effects
from agent.effects import ActivateConnections, PowerState
from agent.errors import Code, Failure
from agent.handover import files as handover
from agent.handover.order import Apply, Change, Order, Outcome, Ran, Result, RollBack, Scrub, digest_of
from agent.host.program_files import userdata_schema

__all__ = ["Room", "apply_order", "confirm", "preview", "roll_back", "room", "say", "scrub", "settle", "undo"]

_JOURNAL = "the journal of this apply"


def preview(order: Apply, room: Room) -> Plan:
    """What applying the order would do; changes nothing. Raises whatever would refuse the order."""
    return _plan(order, room, stores.peek_managed(room.own, room.disk))


def apply_order(order: Apply, room: Room) -> Outcome:
    """Applies an order: `unconfirmed`, or `committed` where nothing was to be done, or `not_applied`."""
    with _opened(room) as store:
        try:
            _settle_earlier(store, room)
            remembered, notes = _remembered(store)
            plan = _plan(order, room, remembered)
            if not plan.steps:
                return _nothing_to_do(order, plan, remembered, notes, store, room)
            journal = _begin(order, plan.noting(notes), remembered, store, room, is_way_back=False)
        except Failure as failure:
            return _said(Outcome(order.order_id, order.digest, Result.NOT_APPLIED, failure=failure), room)
        notes = _carry_out(plan, journal, room.gateway)
        return _conclude(journal, room, notes)


def confirm(room: Room) -> Outcome:
    """Keeps what was applied. Raises `order.invalid` where nothing waits for it."""
    with _opened(room) as store:
        journal = _waiting(store)
        with _refused_by_disk(Code.STATE_UNWRITABLE):
            journal.append(Happened(Event.CONFIRMED))
        return _conclude(journal, room)


def undo(room: Room, failure: Failure) -> Outcome:
    """Takes back what was applied, because of `failure`. Raises `order.invalid` where nothing waits."""
    with _opened(room) as store:
        journal = _waiting(store)
        with _refused_by_disk(Code.STATE_UNWRITABLE):
            journal.turn_back(Happened(Event.WITHDRAWN, failure=failure))
        return _conclude(journal, room, _take_back(journal, room.gateway))


def roll_back(order: RollBack, room: Room) -> Outcome:
    """Goes back to the generation before; raises `order.invalid` where there is none. Nobody has to confirm it."""

    def plan(store: Store, _: Managed) -> Plan:
        previous = store.read_previous()
        if previous is None:
            raise Failure(Code.ORDER_INVALID, "there is no generation before this one to go back to")
        return plan_back(previous, room.gateway.observe(questions_back(previous)))

    return _at_once(order, room, plan)


def scrub(order: Scrub, room: Room) -> Outcome:
    """Removes what is managed and sensitive, its kept copies, and the way back to it."""
    return _at_once(order, room, lambda _, remembered: _scrubbed(remembered, room))


def _scrubbed(remembered: Managed, room: Room) -> Plan:
    return plan_scrub(remembered, room.gateway.observe(questions_scrub(remembered)))


def _at_once(order: RollBack | Scrub, room: Room, make: Callable[[Store, Managed], Plan]) -> Outcome:
    """A plan that leads back is carried out and kept."""
    with _opened(room) as store:
        try:
            _settle_earlier(store, room)
        except Failure as failure:
            return _said(Outcome(order.order_id, None, Result.NOT_APPLIED, failure=failure), room)
        return _led_back(order, store, room, make)


def _led_back(order: RollBack | Scrub, store: Store, room: Room, make: Callable[[Store, Managed], Plan]) -> Outcome:
    try:
        remembered, notes = _remembered(store)
        plan = make(store, remembered)
        journal = _begin(order, plan.noting(notes), remembered, store, room, is_way_back=True)
    except Failure as failure:
        return _said(Outcome(order.order_id, None, Result.NOT_APPLIED, failure=failure), room)
    notes = _carry_out(plan, journal, room.gateway)
    _keep_unasked(journal)
    return _conclude(journal, room, notes)


def _keep_unasked(journal: Journal) -> None:
    """Nobody has to confirm what leads back."""
    if journal.progress.state is State.UNCONFIRMED:
        with _refused_by_disk(Code.STATE_UNWRITABLE):
            journal.append(Happened(Event.CONFIRMED))


def settle(room: Room) -> Outcome | None:
    """After a restart: ends what was left open, or says again that it waits. None where nothing was left open."""
    if not (room.own / stores.NAME).is_dir():
        return None
    with _opened(room) as store:
        return _settle(store, room)


def _settle(store: Store, room: Room) -> Outcome | None:
    try:
        journal = journals.found(store)
    except ValueError as damage:
        store.set_aside(journals.NAME)
        why = f"the journal is damaged ({damage}) and was set aside; what was applied then stays"
        return _said(Outcome(None, None, Result.NOT_APPLIED, failure=Failure(Code.APPLY_UNSETTLED, why)), room)
    if journal is None:
        return None
    journal.append_if_possible(Happened(Event.RESTARTED))
    if journal.ordered.is_way_back:
        _keep_unasked(journal)
    outcome = _conclude(journal, room, _take_back(journal, room.gateway) if journal.is_undoing else ())
    if journal.progress.state is State.UNDONE and is_cut_off_scrub(journal.ordered, journal.progress):
        order = Scrub(journal.ordered.order_id)
        return _led_back(order, store, room, lambda _, remembered: _scrubbed(remembered, room))
    return outcome


def _settle_earlier(store: Store, room: Room) -> None:
    _settle(store, room)
    if (journal := journals.found(store)) is not None:
        state = journal.progress.state
        why = "waits for its confirmation" if state is State.UNCONFIRMED else "could not be brought to its end"
        raise Failure(Code.APPLY_UNSETTLED, f"the earlier order {journal.ordered.order_id} {why}")


def _plan(order: Apply, room: Room, remembered: Managed) -> Plan:
    configuration = from_document(order.document, userdata_schema())
    if configuration.digest != order.digest:
        raise Failure(Code.ORDER_INVALID, "the document is not the one that the order names")
    wanted = wanted_effects(configuration, room.policy)
    seen = room.gateway.observe(questions(wanted, remembered))
    check_places(wanted, seen, room.policy)
    return make_plan(wanted, seen, remembered, f"{order.digest} {order.card}")


def _remembered(store: Store) -> tuple[Managed, tuple[Change, ...]]:
    """What is managed; damaged copies are set aside, and said."""
    managed, damaged = store.read_managed()
    with _refused_by_disk(Code.STATE_UNWRITABLE):
        for name in damaged:
            store.set_aside(name)
    return managed, tuple(Change("set aside", name, Code.STATE_CORRUPT.text) for name in damaged)


def _nothing_to_do(
    order: Apply, plan: Plan, remembered: Managed, notes: tuple[Change, ...], store: Store, room: Room
) -> Outcome:
    if plan.managed != remembered or notes:
        with _refused_by_disk():
            store.keep(contents_of((), plan.managed))
            store.remember(plan.managed)
            store.drop_unused(plan.managed)
    return _said(Outcome(order.order_id, order.digest, Result.COMMITTED, (*notes, *plan.notes)), room)


def _begin(order: Order, plan: Plan, came_from: Managed, store: Store, room: Room, *, is_way_back: bool) -> Journal:
    recorded = room.actor.recorded and any(isinstance(step, ActionStep) for step in plan.steps)
    ordered = Ordered(
        order.order_id,
        digest_of(order),
        recorded,
        plan.steps,
        plan.notes,
        plan.managed,
        came_from,
        is_way_back,
        left_by(plan.steps),
    )
    with _refused_by_disk():
        room.gateway.check_space(plan.steps, contents_of(plan.steps, plan.managed), store.at)
        return journals.begun(store, ordered)


def _carry_out(plan: Plan, journal: Journal, gateway: Gateway) -> tuple[Change, ...]:
    """Every step, or none: the journal says afterwards how it went. Returns what could not be undone."""
    secrets = secrets_of(plan.steps, plan.hidden)
    try:
        with _refused_by_disk():
            _keep(plan, journal, gateway)
            journal.append(Happened(Event.SAVED))
            notes: list[Change] = []
            files: list[FileStep] = []
            for number, step in enumerate(plan.steps):
                if isinstance(step, ActionStep):
                    gateway.write(files)
                    files = []
                    journal.append(Happened(Event.BEGUN, number))
                    ran, note = _done(step, gateway)
                    notes += note
                    journal.append(Happened(Event.DONE, number, ran=ran and without(ran, step, secrets)))
                else:
                    files.append(step)
            gateway.write(files)
            journal.append(Happened(Event.ALL_DONE))
    except CommandFailed as failed:
        step = plan.steps[journal.progress.begun - 1]
        return _turn_back(journal, shown(failed.failure, secrets), gateway, without(failed.ran, step, secrets))
    except Failure as failure:
        return _turn_back(journal, shown(failure, secrets), gateway)
    return tuple(notes)


def _done(step: ActionStep, gateway: Gateway) -> tuple[Ran | None, tuple[Change, ...]]:
    """Acts. On the way back a unit that does not come up is said: it must not bring back what has to go."""
    try:
        return gateway.do(step), ()
    except Failure as failure:
        if step.is_way_back:
            return None, (Change("not done", failure.where, failure.detail),)
        raise


def _keep(plan: Plan, journal: Journal, gateway: Gateway) -> None:
    """What stands there is kept, before anything is touched."""
    journal.store.keep(contents_of(plan.steps, plan.managed))
    for path, large in larges_of(plan.steps):
        if not journal.store.has_kept(large.sha256):
            gateway.keep(path, large, journal.store.kept_at)


def _turn_back(journal: Journal, failure: Failure, gateway: Gateway, ran: Ran | None = None) -> tuple[Change, ...]:
    try:
        journal.turn_back(Happened(Event.FAILED, failure=failure, ran=ran))
    except OSError:
        return ()  # what the disk says decides at the next start; until then nothing is half taken back
    return _take_back(journal, gateway) if journal.progress.state is State.UNDOING else ()


def _take_back(journal: Journal, gateway: Gateway) -> tuple[Change, ...]:
    """Goes on where something cannot be undone, and stays open if that is a file."""
    notes: list[Change] = []
    stuck = False
    for taken_back in undo_steps(journal.ordered.steps, journal.progress.begun):
        try:
            note = gateway.undo(taken_back)
        except Failure as failure:
            journal.append_if_possible(Happened(Event.FAILED, failure=failure))
            notes.append(Change("not undone", failure.where, str(failure)))
            stuck = stuck or not isinstance(taken_back, ActionStep)
        else:
            notes += [Change("left", note, "undoing")] if note else []
    if not stuck:
        journal.append_if_possible(Happened(Event.ALL_UNDONE))
    return tuple(notes)


def _conclude(journal: Journal, room: Room, notes: tuple[Change, ...] = ()) -> Outcome:
    """Says where the application stands; one that is at its end is forgotten once that is said."""
    outcome = outcome_of(journal.ordered, journal.progress, notes)
    if journal.progress.state is State.COMMITTED:
        with _refused_by_disk(Code.STATE_UNWRITABLE):
            journal.store.remember_previous(journal.ordered)
            journal.store.remember(journal.ordered.managed)
        outcome = noting(outcome, _end_what_waited(journal.ordered, room, ActivateConnections))
    _said(outcome, room)
    if journal.progress.state in {State.COMMITTED, State.UNDONE}:
        with _refused_by_disk(Code.STATE_UNWRITABLE):
            journal.store.drop_unused(journal.store.read_managed()[0])
            journal.forget()
    if journal.progress.state is not State.COMMITTED or not powers(journal.ordered):
        return outcome
    # The order is forgotten by now: a gateway that is cut off here, or whose disk is full, must not restart for ever.
    return _said(noting(outcome, _end_what_waited(journal.ordered, room, PowerState)), room)


def _end_what_waited(ordered: Ordered, room: Room, kind: type[ActivateConnections | PowerState]) -> Iterator[Change]:
    """What is only done once everything is kept; that it cannot be done takes nothing back."""
    for step in ordered.steps:
        if isinstance(step, ActionStep) and isinstance(step.action, kind):
            try:
                room.actor.kept(step.action)
            except Failure as failure:
                yield Change("not done", failure.where, str(failure))


def say(outcome: Outcome, room: Room) -> None:
    """Puts an outcome where the network half reads it."""
    handover.place_outcome(room.own, outcome, room.inbox.stat().st_gid)


def _said(outcome: Outcome, room: Room) -> Outcome:
    say(outcome, room)
    return outcome


def _waiting(store: Store) -> Journal:
    """The journal of an application that waits for its confirmation."""
    try:
        journal = journals.found(store)
    except ValueError as damage:
        raise Failure(Code.ORDER_INVALID, str(damage), where=_JOURNAL) from None
    if journal is None or journal.progress.state is not State.UNCONFIRMED:
        raise Failure(Code.ORDER_INVALID, "nothing waits for its confirmation")
    return journal


@contextmanager
def _opened(room: Room) -> Iterator[Store]:
    with stores.opened(room.own, room.disk) as store, _refused_by_disk(Code.STATE_UNWRITABLE):
        yield store


@contextmanager
def _refused_by_disk(code: Code | None = None) -> Iterator[None]:
    """What the disk refuses, as a failure: of the apply, or with the given code."""
    try:
        yield
    except OSError as error:
        if code is None:
            raise as_failure(error, _JOURNAL) from None
        raise Failure(code, error.strerror or str(error), where=_JOURNAL) from None
