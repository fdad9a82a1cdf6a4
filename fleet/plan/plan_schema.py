"""Pure. The form of a plan: `config/plan.schema.json` is its only definition, for this check and for editors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator

from agent.configuration.problems import Fault
from agent.key_path import KeyPath

_UNTITLED = "another form"


def schema_faults(content: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Fault]:
    """Everything in a plan that differs from the schema of plans, by the keys where it stands."""
    for error in Draft202012Validator(dict(schema)).iter_errors(content):
        yield from _faults(error)


def _faults(error: Any) -> Iterator[Fault]:
    """The faults that a `ValidationError` of jsonschema stands for."""
    path: KeyPath = tuple(error.absolute_path)
    match error.validator:
        case "additionalProperties":
            known = error.schema["properties"]
            unknown = [key for key in error.instance if key not in known]
            yield from (Fault((*path, key), f"unknown key; known here: {', '.join(known)}") for key in unknown)
        case "required":
            missing = [key for key in error.validator_value if key not in error.instance]
            yield from (Fault(path, f"lacks {key}") for key in missing)
        case _:
            title = error.schema.get("title", _UNTITLED) if isinstance(error.schema, dict) else _UNTITLED
            yield Fault(path, f"takes {title}")
