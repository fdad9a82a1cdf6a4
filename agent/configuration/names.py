"""Pure. The names that the `{{ }}` of a document may use, and whether a document has any.

Many documents have none; then `fill` and its companions are not loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.configuration.acceptance import TEMPLATE
from agent.frozen import frozen
from agent.identity import Equipment, Reading, Subscriber, value_of
from agent.key_path import KeyPath

SUBSCRIBER = ("imsi", "sim_id", "iccid", "msisdn", "group_id", "speed_class", "subscription")
EQUIPMENT = ("imei", "imsi", "iccid", "manufacturer", "model", "firmware")


@frozen
class Names:
    """The values that `{{ }}` may name, in three namespaces; unknown values are absent."""

    tags: Mapping[str, str]
    subscriber: Mapping[str, str]
    equipment: Mapping[str, str]


def names(subscriber: Subscriber, equipment: Equipment) -> Names:
    """The names for this SIM and this modem; an empty value, or one that was not read, is absent."""
    return Names(
        _known(subscriber.tags),
        _known({name: getattr(subscriber, name) for name in SUBSCRIBER}),
        _known({name: _read(getattr(equipment, name)) for name in EQUIPMENT}),
    )


def holds_template(value: object) -> bool:
    """Whether a text, or any text within a value, waits to be filled in."""
    return any(TEMPLATE in text for _, text in texts(value, ()))


def concerns_filling(text: str) -> bool:
    """Whether a text has a filler, or a `{% %}` that is refused."""
    return TEMPLATE in text or "{%" in text


def texts(value: object, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Every text within a value that is not taken as it is, with its path."""
    match value:
        case str():
            yield path, value
        case list():
            for position, item in enumerate(value):
                yield from texts(item, (*path, position))
        case dict():
            for key, member in value.items():
                if not is_verbatim(value, key):
                    yield from texts(member, (*path, key))
        case _:
            pass


def is_verbatim(around: Mapping[str, Any], key: str) -> bool:
    """Whether a content is taken as it is, since `template: false` stands beside it."""
    return key == "content" and around.get("template") is False


def _known(values: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if value is not None and str(value)}


def _read(reading: Reading[Any]) -> object:
    return value_of(reading)
