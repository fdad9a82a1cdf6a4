"""Pure. `locale` → LANG for new sessions; a locale that is not built in is generated.

Debian 12 reads /etc/default/locale, Debian 13 /etc/locale.conf (of which the former is a link there): both are written.
"""

from __future__ import annotations

from collections.abc import Iterator

from agent.effects import RunCommand, Wanted, WriteFile

_BUILT_IN = frozenset({"C", "POSIX", "C.UTF-8"})
_GENERATING_LIMIT_S = 300.0


def render(locale: str) -> Iterator[Wanted]:
    """/etc/locale.gen (locale-gen(8)) comes first, so that no session finds a LANG that is not there yet."""
    if locale not in _BUILT_IN:
        generate = RunCommand(("locale-gen",), _GENERATING_LIMIT_S)
        yield Wanted(_file("/etc/locale.gen", f"{locale} UTF-8\n"), "locale", then=(generate,))
    yield Wanted(_file("/etc/default/locale", f"LANG={locale}\n"), "locale")
    yield Wanted(_file("/etc/locale.conf", f"LANG={locale}\n"), "locale")


def _file(path: str, text: str) -> WriteFile:
    return WriteFile(path, text.encode(), 0o644, "root:root")
