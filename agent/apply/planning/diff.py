"""Pure. A plan as text for people, without secrets.

The content of a file that is sensitive, or that not every user of the gateway may read, is never shown; what a command
printed of such a content is masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from agent.apply.planning.nodes import READ_BY_ALL, Absent, Directory, File, Kept, Symlink
from agent.apply.planning.plan import Plan
from agent.apply.planning.steps import FileStep, Step
from agent.reasons import reason_text

MAX_SHOWN_BYTES = 256 * 1024
MASK = "•••"
_SHORTEST_SECRET = 6


def diff_text(plan: Plan) -> str:
    """The plan as a unified diff; empty for a plan without steps and notes."""
    lines = [line for step in plan.steps for line in _step_lines(step)]
    lines += [f"# {note.what} {note.where} ({reason_text(note.because)})" for note in plan.notes]
    return "".join(f"{_printable(line)}\n" for line in lines)


def secrets_of(steps: Iterable[Step], hidden: Iterable[File] = ()) -> frozenset[str]:
    """The texts that nothing may repeat: lines of sensitive files, and the values in these lines."""
    nodes = (node for step in steps if isinstance(step, FileStep) for node in _hidden(step))
    texts = (node.content.decode(errors="replace") for node in (*nodes, *hidden))
    words = (word.strip(" \t\"'") for text in texts for line in text.splitlines() for word in (line, *_values(line)))
    return frozenset(word for word in words if len(word) >= _SHORTEST_SECRET)


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """The text with each secret replaced by a mask."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def _values(line: str) -> list[str]:
    return re.split(r"[=:]\s*", line, maxsplit=1)[1:]


def _hidden(step: FileStep) -> Iterator[File]:
    for node in (step.before, step.after):
        if isinstance(node, File) and (step.sensitive or not node.mode & READ_BY_ALL):
            yield node


def _step_lines(step: Step) -> Iterator[str]:
    yield f"# {step.what} {step.where} ({reason_text(step.because)})"
    if not isinstance(step, FileStep):
        return
    yield from _attribute_lines(step.before, step.after)
    if isinstance(step.before, File) or isinstance(step.after, File):
        yield from _content_lines(step)


def _attribute_lines(before: Kept, after: Kept) -> Iterator[str]:
    old, new = _attributes(before), _attributes(after)
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield f"# {name}: {old.get(name, 'none')} -> {new.get(name, 'none')}"


def _attributes(node: Kept) -> dict[str, str]:
    match node:
        case File(_, mode, uid, gid) | Directory(mode, uid, gid):
            return {"mode": f"{mode:04o}", "owner": f"{uid}:{gid}"}
        case Symlink(target, uid, gid):
            return {"link to": target, "owner": f"{uid}:{gid}"}
        case _:
            return {}


def _content_lines(step: FileStep) -> Iterator[str]:
    old, new = _content(step.before), _content(step.after)
    if old == new:
        return
    if any(_hidden(step)):
        yield "# content: not shown, since not every user may read it"
    elif not (_is_text(old) and _is_text(new)):
        yield f"# content: {len(old)} bytes -> {len(new)} bytes, not shown"
    else:
        old_name = "/dev/null" if step.before == Absent() else step.path
        new_name = "/dev/null" if step.after == Absent() else step.path
        import difflib

        yield from difflib.unified_diff(
            old.decode().splitlines(), new.decode().splitlines(), old_name, new_name, lineterm=""
        )


def _content(node: Kept) -> bytes:
    return node.content if isinstance(node, File) else b""


def _is_text(content: bytes) -> bool:
    if len(content) > MAX_SHOWN_BYTES or b"\0" in content:
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _printable(line: str) -> str:
    """The line without characters that control a terminal."""
    return "".join(
        character if character.isprintable() or character == "\t" else ascii(character)[1:-1] for character in line
    )
