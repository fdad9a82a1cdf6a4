"""Edge. Runs one operation for many items, several at the same time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

from agent.errors import Failure

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_parallel(
    at_once: int, operation: Callable[[Item], Result], items: Iterable[Item]
) -> Iterator[tuple[Item, Result | Failure]]:
    """Yields each item with its result as soon as it is done; an item that fails comes with its `Failure`.

    Args:
        at_once: how many items are worked on at the same time.
        operation: raises `Failure` for an item that fails; the other items are not affected.
        items: read only a few ahead, so that a long list is never in memory as a whole.
    """

    def run(item: Item) -> tuple[Item, Result | Failure]:
        try:
            return item, operation(item)
        except Failure as failure:
            return item, failure

    waiting = iter(items)
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        running = {pool.submit(run, item) for item in islice(waiting, at_once * 2)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
            running |= {pool.submit(run, item) for item in islice(waiting, len(done))}
