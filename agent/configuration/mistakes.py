"""Pure. What people mistype, in their words: why a text is no document, found where a parser only sees its own rule.

It is asked only about a text that was refused, and its answer takes the place of the parser's.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from types import MappingProxyType

from agent.configuration.problems import NotYaml, Place, Refused

CHARACTERS: Mapping[str, str] = MappingProxyType(
    {
        "\u3000": "an ideographic space (U+3000)",
        "\u00a0": "a no-break space (U+00A0)",
        "\u2003": "an em space (U+2003)",
        "\u200b": "a zero-width space (U+200B)",
        "\uff1a": "a full-width colon (U+FF1A)",
        "\uff0d": "a full-width hyphen (U+FF0D)",
        "\uff0c": "a full-width comma (U+FF0C)",
        "\uff03": "a full-width number sign (U+FF03)",
        "\uff3b": "a full-width bracket (U+FF3B)",
        "\uff3d": "a full-width bracket (U+FF3D)",
        "\uff5b": "a full-width brace (U+FF5B)",
        "\uff5d": "a full-width brace (U+FF5D)",
        "\u201c": "a typographic quotation mark (U+201C)",
        "\u201d": "a typographic quotation mark (U+201D)",
        "\u2018": "a typographic quotation mark (U+2018)",
        "\u2019": "a typographic quotation mark (U+2019)",
    }
)
"""Characters that look like one of YAML's and are none, by name."""

_ODD = "".join(CHARACTERS)
_ODD_PLACE = (
    rf"^[ ]*(?:-[ ]+)?(?P<indent>[{_ODD}])"  # in the indentation
    rf"|^[ ]*(?:-[ ]*)?[\w.-]+[ ]*(?P<colon>[：])"  # instead of the colon after a key
    rf"|^[ ]*(?:-[ ]*)?[\w.-]+:[ ]*(?P<value>[{_ODD}])"  # after the colon
    rf"|^[ ]*-(?P<item>[{_ODD}])"
)
_FORMATS = (
    ("#include", "a list of addresses (#include), which is not fetched; upload the document itself"),
    ("#cloud-boothook", "a boothook, which is not run; a document has its commands under runcmd"),
    ("#cloud-config-archive", "an archive of cloud-config, which is not read; upload one document of keys"),
    ("#cloud-config-jsonp", "a JSON patch, which is not read; upload the whole document"),
    ("#part-handler", "a part handler, which is not run; upload one document of keys"),
    ("#upstart-job", "an upstart job, which is not run; write a unit under units"),
)
_XZ, _ZSTD, _BZIP2 = "/Td6WFoA", "KLUv/", "QlpoO"


def explained(text: str, refused: Refused) -> Refused:
    """The refusal of a text with the cause in a person's words, where it is a known mistake."""
    problem = refused.problems[0]
    if problem.path:
        return refused
    lines = text.splitlines()
    causes = chain(_formats(text, lines), _odd_characters(lines))
    if isinstance(refused, NotYaml):
        causes = chain(causes, _broken_rules(lines, problem.line))
    found = next(causes, None)
    return Refused.at(found[0], found[1], problem.code) if found else refused


def odd_character(key: str) -> str | None:
    """The name of a character in a key that looks like YAML's own; None without one."""
    return next((CHARACTERS[letter] for letter in key if letter in CHARACTERS), None)


def _broken_rules(lines: list[str], line: int | None) -> Iterator[tuple[Place, str]]:
    """The rules of YAML that a text breaks, which its parser has stopped at this line."""
    for number, each in enumerate(lines, 1):
        if match := re.match(r"[ ]*\t", each):
            yield Place(number, match.end()), "a tab; YAML indents with spaces"
        if match := re.match(r"\s*\{%", each):
            yield Place(number, match.end() - 1), "Jinja's {% … %} is not understood; there are no conditions and loops"
    if place := _open_quote(lines):
        yield place, "the quotation mark that begins here has no end"
    if line is None or line > len(lines):
        return
    here = lines[line - 1]
    if column := _second_colon(here):
        yield Place(line, column), "a colon and a space inside a value; put quotes around the value"
    if here.strip() and _indent(here) not in {_indent(each) for each in lines[: line - 1] if each.strip()}:
        yield Place(line, _indent(here) + 1), "indented differently from its neighbours above"


def _formats(text: str, lines: list[str]) -> Iterator[tuple[Place, str]]:
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    begin = lines[first].strip() if lines else ""
    if begin.startswith("```"):
        yield Place(first + 1, 1), "a code fence (```) of Markdown; upload only the lines between the fences"
    for word, what in _FORMATS:
        if begin.lower().startswith(word.lower()):
            yield Place(first + 1, 1), what
    if begin.startswith((_XZ, _ZSTD, _BZIP2)):
        yield Place(first + 1, 1), "packed in another format than gzip, the only one that is read"
    elif _is_text_in_base64(text):
        yield Place(first + 1, 1), "base64 of a plain text; upload the text itself, or pack it with gzip before"


def _is_text_in_base64(text: str) -> bool:
    letters = "".join(text.split())
    if not re.fullmatch(r"[A-Za-z0-9+/]{8,}={0,2}", letters):
        return False
    try:
        plain = base64.b64decode(letters, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return all(letter.isprintable() or letter in "\n\r\t" for letter in plain) and ":" in plain


def _odd_characters(lines: list[str]) -> Iterator[tuple[Place, str]]:
    for number, line in enumerate(lines, 1):
        if match := re.search(_ODD_PLACE, line):
            (position,) = (match.start(name) for name, found in match.groupdict().items() if found)
            yield Place(number, position + 1), f"{CHARACTERS[line[position]]}; YAML wants the plain character"


def _open_quote(lines: list[str]) -> Place | None:
    """The first value that begins with a quotation mark which comes nowhere again."""
    for number, line in enumerate(lines, 1):
        match = re.match(r"""[ ]*(?:-[ ]+)*(?:[\w.-]+:[ ]+)?(?P<quote>["'])""", line)
        if match and not any(match["quote"] in rest for rest in (line[match.end() :], *lines[number:])):
            return Place(number, match.end())
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _second_colon(line: str) -> int | None:
    """The column of a colon inside a value without quotes; None without one."""
    match = re.match(r"""[ ]*(?:-[ ]+)*[\w.-]+:[ ]+(?=[^"'\[{&*|>#\s])[^#]*?(?P<colon>:)(?: |$)""", line)
    return match.start("colon") + 1 if match else None
