"""The dialogues of tests/dialogues: a file is one, or has several `[[dialogue]]`, as `kitting-agent modem` writes."""

import tomllib
from pathlib import Path

from agent.modem.dialogue import Exchange

FOLDER = Path(__file__).parents[2] / "dialogues"


def dialogues_in(path):
    text = tomllib.loads(path.read_text())
    return text.get("dialogue", [text])


def all_dialogues():
    return [
        (f"{path.stem}-{number}" if len(found) > 1 else path.stem, text)
        for path in sorted(FOLDER.glob("*.toml"))
        for found in [dialogues_in(path)]
        for number, text in enumerate(found, 1)
    ]


def answered(command, pieces):
    exchange = Exchange(command)
    for piece in pieces:
        exchange.feed(piece)
        _ = exchange.answer
    return exchange.answer
