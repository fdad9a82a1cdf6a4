"""Edge. What a technician sees without logging in: the console's login prompt and one LED.

The network half may change neither. It writes two small files in /run/kitting-agent: `issue`, one line, and `shown`,
one word. After a change it makes the file `wanted` in /run/kitting-light. While that file exists, systemd starts
`kitting-agent light`. That program removes `wanted`, copies `issue` to where the login prompt quotes it (agetty(8)),
reads `shown` and sets the LED, so a change that comes while it runs starts it once more. Without those directories, or
where they belong to another user, nothing is shown and nothing fails.
"""

from __future__ import annotations

import re
from contextlib import suppress
from enum import Enum, unique
from pathlib import Path

from agent.errors import Code, Failure, failure_from
from agent.host.durable import write_durably
from agent.host.foreign_files import clear, read_bounded, write_until_boot
from agent.provision.lifecycle import State

PLACE = Path("/run/kitting-agent")
ISSUE, SHOWN = "issue", "shown"
WANTED = Path("/run/kitting-light/wanted")
"""The request to set the LED anew. Root owns its directory, the network half may write there: both can remove it."""
LOGIN_PROMPT = Path("/run/kitting-issue/prompt")
"""Root's copy of the line: agetty runs as root and follows links, so it is given no file of another user.

The package links it into /etc/issue.d, which the agetty of Debian 12 and 13 reads behind /etc/issue. Only that of
Debian 13 reads /run/issue.d as well, so the line is not there: it would be shown twice.
"""
LEDS = Path("/sys/class/leds")
MAX_BYTES = 32
MAX_ISSUE_BYTES = 200
_ISSUE = re.compile(
    r"kitting-agent: [a-z_]{1,20}   IMSI (…[0-9]{1,4}|not seen)   IMEI (…[0-9]{1,4}|not read)   address \\4\n"
)
"""What `issue_text` returns; agetty would replace other words behind a backslash."""


@unique
class Shown(Enum):
    """What an LED shows, with milliseconds on and off."""

    SEARCHING = ("searching", 100, 900)
    """No answer yet: one flash a second."""
    WORKING = ("working", 250, 250)
    """A configuration is being applied: two flashes a second."""
    DONE = ("done", 1, 0)
    """Provisioned: steady light."""
    HELP = ("help", 900, 100)
    """A person has to act: the light goes out for a moment each second."""

    def __init__(self, word: str, on_ms: int, off_ms: int) -> None:
        self.word = word
        self.on_ms = on_ms
        self.off_ms = off_ms


_OF_STATE = {
    State.NEW: Shown.SEARCHING,
    State.APPLYING: Shown.WORKING,
    State.PROVISIONED: Shown.DONE,
    State.FAILED: Shown.HELP,
    State.ROLLED_BACK: Shown.HELP,
    State.BLOCKED: Shown.HELP,
}


def shown_of(state: State) -> Shown:
    """What the LED shows of a state while no pass is applying."""
    return _OF_STATE[state]


def issue_text(state: State, imsi: str | None, imei: str | None) -> str:
    r"""The line above the login prompt; agetty replaces `\4` by the present address."""
    sim = f"…{imsi[-4:]}" if imsi else "not seen"
    modem = f"…{imei[-4:]}" if imei else "not read"
    return f"kitting-agent: {state.value}   IMSI {sim}   IMEI {modem}   address \\4\n"


def show(shown: Shown, place: Path = PLACE, wanted: Path = WANTED) -> None:
    """Writes the word for the LED if it differs from the one before, and then requests that the LED is set."""
    with suppress(OSError):
        if _word(place) != shown.word:
            write_durably(place / SHOWN, shown.word.encode(), 0o644)
            write_until_boot(wanted, b"")


def take_light_request(wanted: Path = WANTED) -> None:
    """Removes the request. Raises `state.unwritable` where it cannot be removed; a directory is moved aside."""
    try:
        clear(wanted)
    except OSError as error:
        raise failure_from(error, Code.STATE_UNWRITABLE, wanted) from None


def show_issue(text: str, place: Path = PLACE, wanted: Path = WANTED) -> None:
    """Writes the line above the login prompt if it differs from the one before, and requests that it is copied."""
    with suppress(OSError):
        if _issue(place) != text:
            write_durably(place / ISSUE, text.encode(), 0o644)
            write_until_boot(wanted, b"")


def copy_issue(place: Path = PLACE, prompt: Path = LOGIN_PROMPT) -> None:
    """Copies the line to where the login prompt quotes it; anything else than such a line empties the copy."""
    if not place.is_dir():
        return
    text = _issue(place)
    with suppress(OSError):
        write_durably(prompt, (text if _ISSUE.fullmatch(text) else "").encode(), 0o644)


def _issue(place: Path) -> str:
    try:
        return read_bounded(place / ISSUE, MAX_ISSUE_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def show_start(state: State, imei: str | None, place: Path = PLACE) -> None:
    """At the start of the first pass since the boot: shows the remembered state, and that no answer came yet."""
    if not (place / ISSUE).exists():
        show(Shown.SEARCHING, place)
        show_issue(issue_text(state, None, imei), place)


def shown_now(place: Path = PLACE) -> Shown:
    """What the LED is to show; an unknown word, or none, means `searching`."""
    try:
        word = _word(place)
    except OSError:
        return Shown.SEARCHING
    return next((shown for shown in Shown if shown.word == word), Shown.SEARCHING)


def _word(place: Path) -> str:
    try:
        return read_bounded(place / SHOWN, MAX_BYTES).decode("ascii", "replace").strip()
    except FileNotFoundError:
        return ""


def light(name: str, shown: Shown, leds: Path = LEDS) -> None:
    """Sets the LED `name` with the kernel's timer trigger (Documentation/leds/leds-class).

    Raises `settings.invalid` for an LED that does not exist, and `state.unwritable` where it may not be written.
    """
    led = leds / name
    if not name or "/" in name or name.startswith(".") or not led.is_dir():
        there = ", ".join(sorted(each.name for each in leds.glob("*"))) or "none"
        raise Failure(Code.SETTINGS_INVALID, f"display.led names {name!r}; there are {there}")
    try:
        if shown.off_ms == 0:
            (led / "trigger").write_text("none")
            (led / "brightness").write_text(_most(led))
            return
        (led / "trigger").write_text("timer")
        (led / "delay_on").write_text(str(shown.on_ms))
        (led / "delay_off").write_text(str(shown.off_ms))
    except OSError as error:
        raise failure_from(error, Code.STATE_UNWRITABLE, led) from None


def _most(led: Path) -> str:
    return (led / "max_brightness").read_text().strip() if (led / "max_brightness").exists() else "1"
