"""Entry point. The arrival curve of 10,000 devices after a power cut that hits them all, as docs/arrivals.svg.

    python -m benchmarks.arrivals [FILE]

From the agent's own `first_pass_s`: each SIM decides for its device which part of the jitter it waits. The picture has
the passes of each ten seconds, beside what they would be if every device asked at once when it is up again.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.resident.schedule import first_pass_s
from agent.settings import ScheduleSettings

DEVICES = 10_000
STEP_S = 10.0
BOOT_S, BOOT_SPREAD_S = 30.0, 10.0
"""A board is up after so long; no two are equally fast."""
OUT = Path(__file__).parents[1] / "docs/arrivals.svg"

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 900, 360, 70, 300, 50
_INK, _OURS, _ALL = "#333", "#2a7ab0", "#d08a2e"


@dataclass(frozen=True, slots=True)
class Curve:
    """Passes in each step after the power came back."""

    counts: tuple[int, ...]

    @classmethod
    def of(cls, moments_s: Sequence[float], steps: int) -> Curve:
        """From the moment of each pass, in seconds."""
        found = Counter(int(moment // STEP_S) for moment in moments_s)
        return cls(tuple(found[step] for step in range(steps)))

    @property
    def most_a_second(self) -> float:
        """The highest rate."""
        return max(self.counts) / STEP_S


def curves(settings: ScheduleSettings, devices: int = DEVICES) -> tuple[Curve, Curve]:
    """With the jitter, and without any."""
    boots = [BOOT_S + BOOT_SPREAD_S * _even(number) for number in range(devices)]
    spread = [boot + first_pass_s(settings, card(number)) for number, boot in enumerate(boots)]
    steps = int(max(spread) // STEP_S) + 1
    return Curve.of(spread, steps), Curve.of(boots, steps)


def card(number: int) -> str:
    """What tells one SIM from another: an ICCID of the test range."""
    return f"8981100{number:012}"


def _even(number: int) -> float:
    """From 0 up to 1, without chance, so that the picture is the same each time (golden ratio)."""
    return number * 0.6180339887498949 % 1


def picture(settings: ScheduleSettings) -> str:
    """The SVG."""
    ours, at_once = curves(settings)
    most = max(at_once.counts)
    seconds = len(ours.counts) * STEP_S
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        _text(_LEFT, 24, f"{DEVICES:,} devices after one power cut: first passes a second", size=16),
        _bars(at_once, most, _ALL),
        _bars(ours, most, _OURS),
        *_axes(seconds, most / STEP_S),
        _text(_LEFT + 130, 80, f"without jitter: up to {at_once.most_a_second:.0f} a second", colour=_ALL),
        _text(
            _LEFT + 130,
            102,
            f"each SIM waits its part of {settings.jitter / 60:.0f} minutes: up to {ours.most_a_second:.0f} a second",
            colour=_OURS,
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _bars(curve: Curve, most: int, colour: str) -> str:
    """One outline for all bars."""
    wide = (_WIDTH - _LEFT - 20) / len(curve.counts)
    points = [f"M{_LEFT} {_BOTTOM}"]
    for step, count in enumerate(curve.counts):
        height = _BOTTOM - (_BOTTOM - _TOP) * count / most
        points.append(f"L{_LEFT + step * wide:.1f} {height:.1f}L{_LEFT + (step + 1) * wide:.1f} {height:.1f}")
    return f'<path d="{"".join(points)}L{_WIDTH - 20} {_BOTTOM}Z" fill="{colour}"/>'


def _axes(seconds: float, most_a_second: float) -> list[str]:
    """Minutes below, passes a second at the left."""
    line = f'<path d="M{_LEFT} {_TOP}V{_BOTTOM}H{_WIDTH - 20}" stroke="{_INK}" fill="none"/>'
    minutes = range(int(seconds // 60) + 1)
    below = [
        _text(_LEFT + (_WIDTH - _LEFT - 20) * minute * 60 / seconds, _BOTTOM + 20, str(minute)) for minute in minutes
    ]
    ticks = [most_a_second * part / 4 for part in range(5)]
    beside = [_text(12, _BOTTOM - (_BOTTOM - _TOP) * part / 4 + 4, f"{tick:.0f}") for part, tick in enumerate(ticks)]
    return [line, *below, *beside, _text(_LEFT, _BOTTOM + 44, "minutes since the power came back")]


def _text(x: float, y: float, text: str, *, colour: str = _INK, size: int = 13) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" fill="{colour}" font-size="{size}">{text}</text>'


def main() -> None:
    """Writes the picture."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    out.write_text(picture(ScheduleSettings()))


if __name__ == "__main__":
    main()
