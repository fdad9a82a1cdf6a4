"""Pure. What a document has against a schema (`config/userdata.schema.json`), in people's words.

An editor validates with the same schema. On the device a `$` at the end of a pattern means the end of the text, and not
the last newline as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from agent.configuration.acceptance import ABOUT_TEXT, TEMPLATE, accepts, becomes_typed
from agent.configuration.problems import Fault
from agent.errors import Code
from agent.key_path import KeyPath, quoted

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

MAX_FAULTS = 100

_TYPES = {"string": "a text", "boolean": "true or false", "array": "a list", "object": "keys with values"}
_SHOWN = frozenset(
    {"hostname", "timezone", "locale", "servers", "path", "owner", "permissions", "encoding", "restart", "reload"}
    | {"enable", "disable", "mask", "start", "stop", "groups", "home", "shell", "name", "absent", "mode", "delay"}
    | {"on_error", "timeout", "addresses", "to", "via", "sha256", "uid", "from", "file"}
)
"""Keys whose texts a message may quote; what stands anywhere else may be a secret."""
_MAX_SHOWN = 40
_MAX_GUESSED = 40


class Schema:
    """A JSON Schema: its rules, and the validator that is made of them when a document breaks one."""

    def __init__(self, rules: Mapping[str, Any]) -> None:
        self.rules = rules

    @cached_property
    def validator(self) -> Validator:
        """Finds everything that breaks a rule; importing its library takes longer than most passes."""
        from jsonschema import Draft202012Validator, validators

        strict: type[Validator] = validators.extend(  # type: ignore[no-untyped-call]
            Draft202012Validator, {"pattern": _whole_pattern}
        )
        return strict(dict(self.rules))


def faults(document: Mapping[str, Any], schema: Schema, *, templates: bool) -> tuple[Fault, ...]:
    """The faults of a document by the schema.

    With `templates`, a text with `{{ }}` may be any text where the schema allows a text, and may become a number, or
    true or false, where the schema wants one.
    """
    if accepts(document, schema.rules, templates=templates):
        return ()
    errors = schema.validator.iter_errors(document)
    reported = (error for error in errors if not (templates and _waits_for_values(error)))
    return tuple(islice((fault for error in reported for fault in _faults(error, document)), MAX_FAULTS))


def paths_of_wrong_type(document: Mapping[str, Any], schema: Schema) -> frozenset[KeyPath]:
    """The paths of values that are of another type than the schema wants."""
    if accepts(document, schema.rules, templates=False):
        return frozenset()
    errors = schema.validator.iter_errors(document)
    return frozenset(tuple(error.absolute_path) for error in errors if error.validator == "type")


def is_secret(document: Mapping[str, Any], path: KeyPath) -> bool:
    """Whether what stands at a path may be a secret, so that no message shows it."""
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    if key not in _SHOWN:
        return True
    around = (value_at(document, path[:length]) for length in range(len(path) + 1))
    return any(isinstance(value, dict) and value.get("sensitive", False) is not False for value in around)


def value_at(document: Any, path: KeyPath) -> Any:
    """The value at a path; None without one."""
    for step in path:
        if isinstance(document, dict):
            document = document.get(step)
        elif isinstance(document, list) and isinstance(step, int) and step < len(document):
            document = document[step]
        else:
            return None
    return document


def shown(value: object) -> str:
    """A short value as people wrote it, for a message."""
    match value:
        case None | dict() | list():
            return _kind(value)
        case str():
            return f'"{quoted(value)}"'
        case bool():
            return str(value).lower()
        case _:
            return f"the number {value!s:.{_MAX_SHOWN}}"


def nearest(word: str, words: Iterable[str]) -> str:
    """A guess at what was meant, as a suggestion; empty where nothing is near."""
    import difflib

    close = difflib.get_close_matches(word, tuple(words), 1) if len(word) <= _MAX_GUESSED else []
    return f"did you mean {close[0]}?" if close else ""


def _whole_pattern(_: object, pattern: str, instance: object, __: object) -> Iterator[ValidationError]:
    from jsonschema import ValidationError

    if isinstance(instance, str) and not re.search(pattern.removesuffix("$") + r"\Z", instance):
        yield ValidationError("does not match")


def _waits_for_values(error: ValidationError) -> bool:
    if "propertyNames" in error.absolute_schema_path or not isinstance(error.instance, str):
        return False
    is_one_value = error.validator == "type" and becomes_typed(error.validator_value)
    return TEMPLATE in error.instance and (is_one_value or error.validator in ABOUT_TEXT)


def _faults(error: ValidationError, document: Mapping[str, Any]) -> Iterator[Fault]:
    path: KeyPath = tuple(error.absolute_path)
    rules: Any = error.schema
    instance: Any = error.instance
    match error.validator:
        case "additionalProperties":
            known = rules["properties"]
            yield from (_unknown(path, key, known) for key in instance if key not in known)
        case "required":
            lacking = [key for key in rules["required"] if key not in instance]
            yield from (Fault(path, f"lacks {key}") for key in lacking)
        case "type":
            yield _wrong_type(path, instance, rules)
        case "minProperties" | "maxProperties" | "minItems" | "maxItems" | "maxLength" | "minLength" | "uniqueItems":
            yield Fault(path, _wrong_size(str(error.validator), error.validator_value, rules))
        case _:
            yield _wrong_text(path, error, document)


def _unknown(path: KeyPath, key: str, known: Mapping[str, Any]) -> Fault:
    from agent.configuration.hints import instead_of

    hint = instead_of(path, key) or nearest(key, known) or f"known here: {', '.join(known)}"
    return Fault((*path, key), "unknown key", Code.USERDATA_UNKNOWN_KEY, hint)


def _wrong_type(path: KeyPath, value: object, rules: Mapping[str, Any]) -> Fault:
    """A value of a wrong type is never quoted: a password may stand where its mapping belongs."""
    wanted = rules["type"] if isinstance(rules["type"], list) else [rules["type"]]
    takes = rules.get("title") or " or ".join(_TYPES[name] for name in wanted)
    if "boolean" in wanted:
        takes = _TYPES["boolean"]
    if value is None:
        return Fault(path, f"takes {takes}, and is empty", suggestion="leave the key out, or give it a value")
    found = shown(value) if _is_a_truth_in_words(value, wanted) else _kind(value)
    if "string" not in wanted or isinstance(value, dict | list):
        return Fault(path, f"takes {takes}, not {found}")
    return Fault(path, f"takes {takes}, not {found}", suggestion=f"put quotes around it{_example(rules)}")


def _is_a_truth_in_words(value: object, wanted: Iterable[str]) -> bool:
    return "boolean" in wanted and str(value).lower() in {"yes", "no", "on", "off", "true", "false"}


def _wrong_size(rule: str, limit: object, rules: Mapping[str, Any]) -> str:
    takes = f"takes {rules.get('title', 'less')}"
    match rule:
        case "uniqueItems":
            return f"{takes}, each once"
        case "minLength" | "minItems":
            return f"{takes}, and is empty"
        case "minProperties" | "maxProperties" if rules.get("minProperties") == rules.get("maxProperties"):
            return takes
        case "maxLength":
            return f"{takes}, of at most {limit} characters"
        case _:
            return f"{takes}, at most {limit}"


def _wrong_text(path: KeyPath, error: ValidationError, document: Mapping[str, Any]) -> Fault:
    from agent.configuration.mistakes import odd_character

    rules: Any = error.schema
    if "propertyNames" in error.absolute_schema_path:
        return Fault((*path, str(error.instance)), f"takes {rules['title']}, not {shown(error.instance)}")
    hidden = is_secret(document, path) or (error.validator == "enum" and not isinstance(error.instance, str))
    instead = "" if hidden else f", not {shown(error.instance)}"
    if odd := odd_character(str(error.instance)):
        return Fault(path, f"takes {rules['title']}{instead}", suggestion=f"it has {odd}")
    if error.validator == "enum":
        words = [str(word) for word in rules["enum"]]
        near = nearest(str(error.instance), words) or f"known here: {', '.join(words)}"
        return Fault(path, f"takes {rules['title']}{instead}", suggestion="" if hidden else near)
    return Fault(path, f"takes {rules['title']}{_example(rules)}{instead}")


def _example(rules: Mapping[str, Any]) -> str:
    examples = [text for text in rules.get("examples", ()) if isinstance(text, str) and len(text) <= _MAX_SHOWN]
    return f", such as {shown(examples[0])}" if examples and TEMPLATE not in examples[0] else ""


def _kind(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "keys with values"
