"""Pure. The syntax of `{{ }}` in the texts of a document.

    text        literal text and fillers
    filler      {{ 'quoted' }} | {{ value { "|" filter } }}
    value       name [ "[" start ":" end "]" ]
    name        tags.site | tags["any name"] | subscriber.imsi | equipment.imei
    filter      default( 'quoted' | value ) | sh | json | systemd | ini | url | slug | lower | int | bool

`{{ '{{' }}` is a literal `{{`. Spaces inside the braces do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from agent.configuration.acceptance import TEMPLATE
from agent.configuration.filters import NAMES, Filter
from agent.configuration.names import EQUIPMENT, SUBSCRIBER
from agent.configuration.schema import nearest
from agent.frozen import frozen
from agent.key_path import quoted

_FIELDS = {"subscriber": SUBSCRIBER, "equipment": EQUIPMENT}
NAMESPACES = ("tags", *_FIELDS)
DEFAULT = "default"

_TEXT = r"""'[^'\n]*'|"[^"\n]*\""""
_VALUE = rf"""\s*(?P<namespace>\w+)\s*(?:\.\s*(?P<word>[\w-]+)|\[\s*(?P<key>{_TEXT})\s*\])
              (?:\s*\[\s*(?P<start>-?[0-9]{{1,4}})?\s*:\s*(?P<end>-?[0-9]{{1,4}})?\s*\])?\s*"""
_BLOCK = r"\{%[-+]?\s*(?:if|elif|else|endif|for|endfor|set|include|extends|import|block|macro|raw|filter|with)\b"
_NOTHING_UNDERSTOOD = (
    "{{ without a name such as tags.site; a literal {{ is written {{ '{{' }}, and template: false beside a content "
    "takes all of it as it is"
)


@frozen
class Name:
    """A value of the SIM or of the modem, and the wanted part of it."""

    namespace: str
    name: str
    start: int | None = None
    end: int | None = None

    def __str__(self) -> str:
        plain = re.fullmatch(r"[\w-]+", self.name)
        return f"{self.namespace}.{self.name}" if plain else f'{self.namespace}["{quoted(self.name)}"]'


@frozen
class Literal:
    """A text that the author of the document wrote."""

    text: str


@frozen
class Default:
    """The value that replaces an absent one."""

    value: Name | Literal


@frozen
class Filler:
    """One `{{ }}`: a value, and the filters and defaults that follow it, in order."""

    value: Name
    steps: tuple[Filter | Default, ...] = ()


class WrongTemplate(Exception):
    """A text that is not understood, with the position of the fault in it."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


def parts(text: str) -> Iterator[tuple[int, str | Filler]]:
    """The literal texts and the fillers of a text, each with its position; raises `WrongTemplate`."""
    position = 0
    while (begin := text.find(TEMPLATE, position)) >= 0:
        if begin > position:
            yield position, text[position:begin]
        part, position = _filler_at(text, begin)
        yield begin, part
    if position < len(text):
        yield position, text[position:]


def jinja_block(text: str) -> int | None:
    """The position of the first `{% … %}` in a text; None without one."""
    found = "{%" in text and _compiled(_BLOCK).search(text)
    return found.start() if found else None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern, compiled at its first use: every pass loads this module, and many documents have no `{{ }}`."""
    return re.compile(pattern, re.VERBOSE if pattern == _VALUE else 0)


def _filler_at(text: str, begin: int) -> tuple[str | Filler, int]:
    inside = begin + len(TEMPLATE)
    if text.startswith("-", inside):
        raise WrongTemplate("{{- and -}} are Jinja's; write {{ and }}", begin)
    if literal := _compiled(rf"\s*({_TEXT})\s*\}}\}}").match(text, inside):
        return literal[1][1:-1], literal.end()
    value, position = _value_at(text, inside, begin)
    steps: list[Filter | Default] = []
    while separator := _compiled(r"\s*\|\s*(\w+)").match(text, position):
        step, position = _step_at(text, separator, begin)
        steps.append(step)
    end = _compiled(r"\s*\}\}").match(text, position)
    if not end:
        raise WrongTemplate(_NOTHING_UNDERSTOOD, begin)
    return Filler(value, tuple(steps)), end.end()


def _step_at(text: str, separator: re.Match[str], begin: int) -> tuple[Filter | Default, int]:
    word, position = separator[1], separator.end()
    if word in NAMES:
        return Filter(word), position
    if word != DEFAULT:
        known = (DEFAULT, *NAMES)
        guess = nearest(word, known) or f"there are {', '.join(known)}"
        raise WrongTemplate(f"no filter is called {quoted(word)}; {guess}", begin)
    opened = _compiled(r"\s*\(\s*").match(text, position)
    if not opened:
        raise WrongTemplate("default without a value; it is written default('new') or default(tags.name)", begin)
    position = opened.end()
    value: Name | Literal
    if literal := _compiled(_TEXT).match(text, position):
        value, position = Literal(literal[0][1:-1]), literal.end()
    else:
        value, position = _value_at(text, position, begin)
    closed = _compiled(r"\s*\)").match(text, position)
    if not closed:
        raise WrongTemplate(_NOTHING_UNDERSTOOD, begin)
    return Default(value), closed.end()


def _value_at(text: str, position: int, begin: int) -> tuple[Name, int]:
    found = _compiled(_VALUE).match(text, position)
    if not found:
        raise WrongTemplate(_NOTHING_UNDERSTOOD, begin)
    namespace, name = found["namespace"], found["word"] or found["key"][1:-1]
    if namespace not in NAMESPACES:
        guess = nearest(namespace, NAMESPACES)
        message = f"nothing is called {quoted(namespace)}; there are {', '.join(NAMESPACES)}. {guess}".strip()
        raise WrongTemplate(message, begin)
    known = _FIELDS.get(namespace, (name,))
    if name not in known:
        guess = nearest(name, known) or f"it has {', '.join(known)}"
        raise WrongTemplate(f"{namespace} has no {quoted(name)}; {guess}", begin)
    start, end = (int(found[edge]) if found[edge] else None for edge in ("start", "end"))
    return Name(namespace, name, start, end), found.end()
