"""Pure. A quick check whether a document follows the schema.

An unknown or doubtful rule counts as not followed; then the jsonschema library, which takes a fifth of a pass to load,
finds out what is wrong, or that nothing is. A document that this check accepts is accepted by jsonschema: a test
compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Rules = Mapping[str, Any]
Subschema = Rules | bool
Rule = Callable[[Any, Any], bool]

ABOUT_TEXT = frozenset({"pattern", "minLength", "maxLength", "enum"})
"""Rules that a text which is yet to be filled in need not keep."""
TEMPLATE = "{{"

_WORDS = frozenset({"title", "description", "x-description-ja", "examples", "default", "$schema", "$defs", "$id"})
_TYPES: Mapping[str, type] = {"string": str, "boolean": bool, "integer": int, "array": list, "object": dict}


def accepts(document: object, schema: Rules, *, templates: bool) -> bool:
    """Whether the document surely keeps every rule; with `templates`, any text may stand for one to be filled in."""
    return _Acceptance(schema, templates=templates).keeps(document, schema)


def becomes_typed(types: object) -> bool:
    """Whether a text that is filled in may become a value of this type, or of one of these."""
    names = types if isinstance(types, list) else [types]
    return not {"integer", "boolean"}.isdisjoint(names)


class _Acceptance:
    def __init__(self, schema: Rules, *, templates: bool) -> None:
        self._definitions: Rules = schema.get("$defs", {})
        self._templates = templates
        self._inside: Mapping[str, Callable[[Any, Any, Rules], bool]] = {
            "properties": lambda one, rules, _: _is_no(dict, one) or self._properties(one, rules),
            "additionalProperties": self._others,
            "propertyNames": lambda one, rules, _: (
                _is_no(dict, one) or all(self.keeps(k, rules, key=True) for k in one)
            ),
            "items": lambda one, rules, _: _is_no(list, one) or all(self.keeps(item, rules) for item in one),
            "$ref": lambda one, name, _: self.keeps(one, self._definitions[name.removeprefix("#/$defs/")]),
        }

    def keeps(self, one: object, rules: Subschema, *, key: bool = False) -> bool:
        """Whether one value keeps its rules."""
        if isinstance(rules, bool):
            return rules
        waits = self._templates and not key and isinstance(one, str) and TEMPLATE in one
        return all(
            self._keeps_one(one, name, rule, rules)
            for name, rule in rules.items()
            if name not in _WORDS and not (waits and (name in ABOUT_TEXT or (name == "type" and becomes_typed(rule))))
        )

    def _keeps_one(self, one: object, name: str, rule: Any, rules: Rules) -> bool:
        if name in self._inside:
            return self._inside[name](one, rule, rules)
        return name in _PLAIN and _PLAIN[name](one, rule)

    def _properties(self, one: Mapping[str, object], rules: Mapping[str, Rules]) -> bool:
        return all(self.keeps(content, rules[name]) for name, content in one.items() if name in rules)

    def _others(self, one: object, rules: Subschema, around: Rules) -> bool:
        if not isinstance(one, dict):
            return True
        named = around.get("properties", {})
        return all(self.keeps(content, rules) for name, content in one.items() if name not in named)


def _is_no(kind: type, one: object) -> bool:
    return not isinstance(one, kind)


def _is(one: object, name: object) -> bool:
    """Only what Python and the schema call the same: 1.0 is an integer to a schema, and is left to the library."""
    if isinstance(name, list):
        return any(_is(one, each) for each in name)
    return isinstance(name, str) and type(one) is _TYPES.get(name)


def _matches(one: object, pattern: str) -> bool:
    return _is_no(str, one) or re.search(pattern.removesuffix("$") + r"\Z", str(one)) is not None


def _differ(one: object, wanted: object) -> bool:
    """Whether no two texts of a list are alike; lists of anything else are left to the library."""
    if not wanted or not isinstance(one, list):
        return True
    return all(isinstance(item, str) for item in one) and len(set(one)) == len(one)


def _length(kind: type[str | list[Any] | dict[str, Any]], within: Callable[[int, int], bool]) -> Rule:
    return lambda one, limit: not isinstance(one, kind) or within(len(one), limit)


def _number(within: Callable[[float, float], bool]) -> Rule:
    return lambda one, limit: not isinstance(one, (int, float)) or within(one, limit)


_PLAIN: Mapping[str, Rule] = {
    "type": _is,
    "pattern": _matches,
    "enum": lambda one, known: any(type(one) is type(word) and one == word for word in known),
    "uniqueItems": _differ,
    "required": lambda one, names: not isinstance(one, dict) or all(name in one for name in names),
    "minLength": _length(str, int.__ge__),
    "maxLength": _length(str, int.__le__),
    "minItems": _length(list, int.__ge__),
    "maxItems": _length(list, int.__le__),
    "minProperties": _length(dict, int.__ge__),
    "maxProperties": _length(dict, int.__le__),
    "minimum": _number(lambda one, limit: one >= limit),
    "maximum": _number(lambda one, limit: one <= limit),
}
