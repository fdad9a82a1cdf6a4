"""Pure. `locale` → LANG for new sessions; a locale that is not built in is generated.

Debian 12 reads /etc/default/locale, Debian 13 /etc/locale.conf (of which the former is a link there): both are written.
"""

from __future__ import annotations

from collections.abc import Iterator

from agent.effects import RunCommand, WantedEffect, WriteFile
from agent.reasons import DocumentKey

GENERATED, SHELLS, SYSTEMD = "/etc/locale.gen", "/etc/default/locale", "/etc/locale.conf"
PLACES = (GENERATED, SHELLS, SYSTEMD)
_BUILT_IN = frozenset({"C", "POSIX", "C.UTF-8"})
_GENERATING_LIMIT_S = 300.0


def render(locale: str) -> Iterator[WantedEffect]:
    """/etc/locale.gen (locale-gen(8)) comes first, so that no session finds a LANG that is not there yet."""
    because = DocumentKey(("locale",))
    if locale not in _BUILT_IN:
        generate = RunCommand(("locale-gen",), _GENERATING_LIMIT_S)
        yield WantedEffect(_file(GENERATED, f"{locale} UTF-8\n"), because, then=(generate,))
    yield WantedEffect(_file(SHELLS, f"LANG={locale}\n"), because)
    yield WantedEffect(_file(SYSTEMD, f"LANG={locale}\n"), because)


def _file(path: str, text: str) -> WriteFile:
    return WriteFile(path, text.encode(), 0o644, "root:root")
