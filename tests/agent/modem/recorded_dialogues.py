"""The dialogues of tests/dialogues: a file is one, or has several `[[dialogue]]`, as `kitting-agent modem` writes."""

import tomllib
from pathlib import Path

from agent.modem.dialogue import Exchange

FOLDER = Path(__file__).parents[2] / "dialogues"


def dialogues_in(path):
    told = tomllib.loads(path.read_text())
    return told.get("dialogue", [told])


def all_dialogues():
    return [
        (f"{path.stem}-{number}" if len(found) > 1 else path.stem, told)
        for path in sorted(FOLDER.glob("*.toml"))
        for found in [dialogues_in(path)]
        for number, told in enumerate(found, 1)
    ]


def answered(command, pieces):
    exchange = Exchange(command)
    for piece in pieces:
        exchange.feed(piece)
        _ = exchange.answer
    return exchange.answer
