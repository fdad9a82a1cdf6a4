"""Edge. Whether a plan fits on the disks of a gateway, with a reserve, so that the gateway goes on working."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from agent.apply.machine.tree import Tree
from agent.apply.planning.nodes import Absent, File, Large, Node
from agent.apply.planning.steps import FileStep, Step
from agent.errors import Code, Failure
from agent.host.durable import Space

RESERVE_BYTES = 4 * 1024 * 1024
RESERVE_INODES = 64

_BLOCK = 4096
_RECORD_BYTES = 1024
"""Bytes of the journal for each step."""


def check_space(tree: Tree, steps: Sequence[Step], kept: Mapping[str, bytes], store: int) -> None:
    """Raises `apply.no_space` unless the steps and the kept contents fit; `store` is where contents are kept."""
    needs: dict[int, list[tuple[Space, int]]] = {}
    for where, size in _needs(tree, steps, kept, store):
        needs.setdefault(where.device, []).append((where, size))
    for uses in needs.values():
        _check_fits(uses[0][0], sum(size for _, size in uses), len(uses))


def _needs(tree: Tree, steps: Sequence[Step], kept: Mapping[str, bytes], store: int) -> Iterator[tuple[Space, int]]:
    """For each file that will be written: the file system, and the bytes in whole blocks."""
    disk = tree.disk
    for content in kept.values():
        yield disk.space(store), _in_blocks(len(content))
    yield disk.space(store), _in_blocks(_RECORD_BYTES * len(steps))
    for step in steps:
        if isinstance(step, FileStep) and isinstance(step.before, Large):
            yield disk.space(store), _in_blocks(step.before.size)
        if isinstance(step, FileStep) and step.after != Absent():
            with tree.nearest(step.path) as descriptor:
                yield disk.space(descriptor), _in_blocks(_size(step.after))


def _size(node: Node) -> int:
    match node:
        case File(content):
            return len(content)
        case Large(_, size):
            return size
        case _:
            return 0


def _in_blocks(size: int) -> int:
    return (size // _BLOCK + 1) * _BLOCK


def _check_fits(space: Space, needed_bytes: int, needed_inodes: int) -> None:
    if space.free_bytes < needed_bytes + RESERVE_BYTES:
        why = f"{needed_bytes // 1024} KiB are needed beside a reserve of {RESERVE_BYTES // 1024} KiB"
        raise Failure(Code.APPLY_NO_SPACE, f"{why}; {space.free_bytes // 1024} KiB are free")
    if space.free_inodes is not None and space.free_inodes < needed_inodes + RESERVE_INODES:
        why = f"{needed_inodes} files are needed beside a reserve of {RESERVE_INODES}"
        raise Failure(Code.APPLY_NO_SPACE, f"{why}; the file system has room for {space.free_inodes} more")
