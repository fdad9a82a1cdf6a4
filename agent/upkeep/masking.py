"""Pure. Text that may leave the gateway: secrets and the middle digits of identifiers are covered.

- The value of `NAME=VALUE` is covered unless the name is known to be harmless: nobody knows the names of all secrets.
- The rest of a line after `NAME: ` is covered where the name sounds like a secret; texts for people have many colons.
- Keys, `user:password@` and the `Authorization` of HTTP are covered by their form, telephone numbers as well.
- An IMSI, IMEI, ICCID, EID or MSISDN keeps its first three and its last four digits, so that two devices can still be
  distinguished.

Each expression looks at a character a limited number of times: the time grows with the length of the text, not faster.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass

from agent.settings import Settings

COVER = "•••"
_WORDS = (
    r"pass(?:w(?:or)?d|phrase|code)?|pwd|pw|psk|pin|puk|secret|token|credentials?|private|key|sig|signature|auth"
    r"|authorization|cookie|session|salt|hash|sas|code|otp|nonce"
)
_SECRET_NAME = re.compile(
    rf"(?:^|[_.-])(?:\w*(?:passw|passphrase|secret|token|credential|apikey|authkey)\w*|{_WORDS})(?:[_.-]|[0-9]*$)"
    r"|(?:Pass|Pwd|Key|Token|Secret|Auth|Sig)(?:[A-Z0-9]|$)",
    re.IGNORECASE | re.ASCII,
)
_PLAIN_NAMES = frozenset({"key", "code", "session", "hash", "pin", "auth", "sig", "private"})
"""Words of sentences that are followed by a colon; with `=` their value is covered."""
_ASSIGNED = re.compile(
    r"""(?P<name>(?<![\w.%-])[\w.%-]{1,80})(?P<sign>["']?[ \t]{0,4}=[ \t]{0,4})"""
    r"""(?P<value>"[^"\n]{0,4000}"|'[^'\n]{0,4000}'|[^\s;&,"']{1,4000})"""
)
_NAMED = re.compile(r"""(?P<name>(?<![\w.-])[\w.-]{1,80})["']?(?P<sign>[ \t]{0,4}[:=][ \t]{0,4}|[ \t]{1,4})(?=\S)""")
_BLOCK = re.compile(
    r"(?m)^(?P<indent>[ \t]{0,80})"
    r"(?P<head>-?[ \t]{0,4}[\"']?(?P<name>[\w.-]{1,80})[\"']?:[ \t]{0,4}[|>][0-9+-]{0,2}[ \t]{0,4})\n"
    r"(?P<body>(?:(?:(?P=indent)[ \t]+\S.*|[ \t]*)\n?)+)"
)
_BY_FORM = (
    (re.compile(r"-----BEGIN [A-Z0-9 ]{0,60}-----.*?(?:-----END [A-Z0-9 ]{0,60}-----|\Z)", re.DOTALL), COVER),
    (re.compile(r"(?<![^\s\"'=(<,;/])[^\s:@/\"'=(<,;]{1,80}:[^\s@/\"']{1,200}@"), f"{COVER}@"),
    (re.compile(r"(?<!\S)(-[pP]|-u(?=[ \t]{0,4}\S{1,80}:))[ \t]{0,4}\S{1,200}"), rf"\1 {COVER}"),
    (re.compile(r"(?i)\b(bearer|basic|digest)[ \t]+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {COVER}"),
    (re.compile(r"(?<![\w+])\+[0-9](?:[ ()-]?[0-9]){7,14}(?![0-9])"), COVER),
    (re.compile(r"(?<![\w.-])\(?0[0-9]{1,4}\)?[ -][0-9]{1,4}[ -][0-9]{3,4}(?![\w-])"), COVER),
    (re.compile(r"(?<![0-9a-fA-F])([0-9]{3})[0-9]{12,15}[fF]([0-9])(?![0-9a-fA-F])"), rf"\1{COVER}\2"),
    (re.compile(r"(?<![0-9a-fA-F])([0-9]{3})[0-9]{4,25}([0-9]{4})[fF]{0,2}(?![0-9a-fA-F])"), rf"\1{COVER}\2"),
)
"""The last three: a telephone number of Japan, an ICCID with its digits swapped, any identifier of 11 to 32 digits."""


def masked(text: str) -> str:
    """The text with secrets covered, and with the middle digits of identifiers covered."""
    text = _BLOCK.sub(_covered_block, text)
    text = "".join(map(_covered_line, text.splitlines(keepends=True)))
    text = _ASSIGNED.sub(_covered_value, text)
    for pattern, instead in _BY_FORM:
        text = pattern.sub(instead, text)
    return text


def without_contents(diff: str) -> str:
    """A diff in which the lines of the files are covered: whatever a file holds may be a secret."""
    return "".join(_without_content(line) for line in diff.splitlines(keepends=True))


def _without_content(line: str) -> str:
    is_of_file = line[:1] in {"+", "-", " "} and not line.startswith(("+++ ", "--- "))
    return f"{line[0]}{COVER}\n" if is_of_file else line


def _harmless_names(value: object) -> frozenset[str]:
    """The names of the settings: none of them holds a secret."""
    names: set[str] = set()
    if is_dataclass(value):
        for each in fields(value):
            names |= {each.name} | _harmless_names(getattr(value, each.name))
    return frozenset(names)


_HARMLESS = _harmless_names(Settings()) | {
    *(
        "kitting_state",
        "kitting_imei",
        "kitting_config",
        "kitting_at",
        "kitting_agent",
        "kitting_error",
        "kitting_obeyed",
    ),
    *("code", "status", "signal", "pid", "uid", "gid", "mode", "size", "READY", "WATCHDOG", "STOPPING", "STATUS"),
    *("NAME", "VERSION", "VERSION_ID", "VERSION_CODENAME", "ID", "ID_LIKE", "PRETTY_NAME", "DEBIAN_VERSION_FULL"),
    *("interval", "timeout", "limit", "rc", "exit", "errno", "port", "metric", "mtu", "line", "column"),
}
"""Names before `=` whose values stay: settings, the report, and what systemd and Debian print."""


def _covered_value(match: re.Match[str]) -> str:
    if match["name"] in _HARMLESS or COVER in match["value"]:
        return match[0]
    return f"{match['name']}{match['sign']}{COVER}"


def _covered_line(line: str) -> str:
    """The line up to its first name of a secret, whose value may have spaces."""
    for match in _NAMED.finditer(line):
        if _names_a_secret(match["name"], match["sign"].strip()):
            end = "\n" if line.endswith("\n") else ""
            return f"{line[: match.end()]}{COVER}{end}"
    return line


def _names_a_secret(name: str, sign: str) -> bool:
    if not _SECRET_NAME.search(name) or name in _HARMLESS:
        return False
    match sign:
        case "=":
            return True
        case ":":
            return name.lower() not in _PLAIN_NAMES
        case _:
            return name.startswith("-")  # an option of a command, whose value is the next word


def _covered_block(match: re.Match[str]) -> str:
    if not _SECRET_NAME.search(match["name"]):
        return match[0]
    return f"{match['indent']}{match['head']}\n{match['indent']}  {COVER}\n"
