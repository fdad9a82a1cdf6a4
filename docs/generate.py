"""Entry point. Writes the generated parts of docs/ anew, from the code and the schema that they tell about.

A generated part stands between `<!-- generated: NAME -->` and `<!-- end: NAME -->`; everything around it is written by
hand. To add one: put the two lines into the page, and a line into `PARTS`. A test fails where a part is stale.
"""  # noqa: INP001 (a script beside the pages, no package)

from __future__ import annotations

import ast
import json
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import grimp
import yaml

from agent.apply.journal import transaction
from agent.configuration.schema_file import userdata_schema
from agent.errors import Code, FailureKind
from agent.provision import lifecycle

DOCS = Path(__file__).parent
EXAMPLE = DOCS.parent / "tests" / "documents" / "accepted" / "a_thousand_devices.yaml"

_JAPANESE: Mapping[str, Mapping[str, Any]] = tomllib.loads((DOCS / "generated.ja.toml").read_text("utf-8"))
"""The Japanese of what stands in the code in English only."""

_COLUMNS = {"en": ("key", "takes", "default", ""), "ja": ("キー", "値", "既定値", "")}
_DESCRIPTION = {"en": "description", "ja": "x-description-ja"}


def example() -> str:
    """The complete example, which is also a test's document."""
    return f"```yaml\n{EXAMPLE.read_text()}```\n"


def document_keys(language: str) -> str:
    """The reference of the userdata document, from its schema."""
    keys = userdata_schema().rules["properties"].items()
    return "\n".join("\n".join(_key(name, resolved(rules), language)) for name, rules in keys)


def resolved(rules: Mapping[str, Any]) -> Mapping[str, Any]:
    """Rules with what they refer to; what is said here comes first."""
    if "$ref" not in rules:
        return rules
    return {**userdata_schema().rules["$defs"][rules["$ref"].rsplit("/", 1)[1]], **rules}


def _key(name: str, rules: Mapping[str, Any], language: str) -> Iterator[str]:
    yield f"### {name}"
    yield f"{rules[_DESCRIPTION[language]]}\n"
    members = list(_members(rules, name))
    if members:
        yield _row(_COLUMNS[language])
        yield _row("---" for _ in _COLUMNS[language])
        yield from (_member(path, inner, language) for path, inner in members)
        yield ""
    yield f"```yaml\n{yaml_text({name: rules['examples'][0]})}```\n"


def _members(rules: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, inner in rules.get("properties", {}).items():
        yield f"{path}.{name}", resolved(inner)
        yield from _members(inner, f"{path}.{name}")
    for key, suffix in (("items", "[]"), ("additionalProperties", ".NAME")):
        inner = rules.get(key)
        if isinstance(inner, dict):
            yield from _members(inner, f"{path}{suffix}")


def _member(path: str, rules: Mapping[str, Any], language: str) -> str:
    default = f"`{yaml_word(rules['default'])}`" if "default" in rules else ""
    return _row((f"`{path}`", _takes(rules), default, rules[_DESCRIPTION[language]]))


def _takes(rules: Mapping[str, Any]) -> str:
    """The type in the words of YAML, as the example shows it."""
    if rules.get("type") == "boolean":
        return "`true`, `false`"
    return f"{rules['title']}: `{yaml_word(rules['examples'][0])}`"


def yaml_text(value: object) -> str:
    """A document as one writes it in YAML."""
    return yaml.dump(value, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=110)


def yaml_word(value: object) -> str:
    """A value as one writes it in YAML, in one line."""
    if isinstance(value, str) and "\n" in value:
        return json.dumps(value, ensure_ascii=False)
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=1000)
    return text.removesuffix("...\n").strip()


class _Writer(yaml.SafeDumper):
    """Texts of several lines as blocks."""


def _text(writer: _Writer, text: str) -> yaml.ScalarNode:
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Writer.add_representer(str, _text)


def _row(cells: Iterator[str] | tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


_PASS = {
    FailureKind.NO_ANSWER: "stays as it is, asks again",
    FailureKind.NO_USERDATA: "stays as it is; `failed` if new",
    FailureKind.REFUSED: "`blocked`, nothing applied",
    FailureKind.REJECTED: "`failed`, nothing touched",
    FailureKind.NOT_APPLIED: "`failed`, everything undone",
    FailureKind.UNDONE: "`rolled_back`",
    FailureKind.NOTICE: "goes on, and says it",
    FailureKind.LOCAL: "this command only",
}


def _table(rows: Iterable[str]) -> str:
    return "".join(f"{row}\n" for row in rows)


_CODES = {
    "en": ("code", "what is wrong", "what to do", "the device", "exit code"),
    "ja": ("コード", "何が悪いか", "対処", "機器", "終了コード"),
}


def error_codes(language: str) -> str:
    """Every code there is."""
    rows = (_row((f"`{code.text}`", *_explained(code, language), str(code.exit_code))) for code in Code)
    return _table((_row(_CODES[language]), _row(("---",) * 5), *rows))


def _explained(code: Code, language: str) -> tuple[str, str, str]:
    """What is wrong, what to do, and what the device does."""
    if language == "en":
        return code.summary, code.advice, _PASS[code.kind]
    summary, advice = _JAPANESE["errors"][code.text]
    return summary, advice, _JAPANESE["device"][code.kind.name]


_STATE_WORDS = {"en": {"event": "event", "same": "stays"}, "ja": {"event": "できごと", "same": "変わらず"}}


def lifecycle_table(language: str) -> str:
    """What the device is: state and event to state."""
    states, words = tuple(lifecycle.State), _STATE_WORDS[language]
    head = _row((words["event"], *(f"`{state.value}`" for state in states)))
    rows = (
        _row((_event(event, language), *(_cell(state, event, words["same"]) for state in states)))
        for event in lifecycle.Event
    )
    return _table((head, _row(("---",) * (1 + len(states))), *rows))


def _event(event: lifecycle.Event, language: str) -> str:
    return event.value if language == "en" else f"{event.value} ({_JAPANESE['events'][event.value]})"


def _cell(state: lifecycle.State, event: lifecycle.Event, same: str) -> str:
    if (state, event) not in lifecycle.declared():
        return ""
    after = lifecycle.next_state(state, event)
    return same if after is state else f"`{after.value}`"


_STEPS = {"en": ("state", "event", "next"), "ja": ("状態", "できごと", "次の状態")}


def transaction_table(language: str) -> str:
    """One application of a configuration."""
    rows = (_row((a.value, e.value, after.value)) for (a, e), after in transaction.TABLE.items())
    return _table((_row(_STEPS[language]), _row(("---",) * 3), *rows))


PACKAGES = ("agent", "fleet", "simulator")
_ROOT = DOCS.parent


def folders() -> str:
    """Each folder of the code with the first sentence of its `__init__`."""
    rows = []
    for package in PACKAGES:
        for folder in sorted({path.parent for path in (_ROOT / package).rglob("*.py")}):
            sentence = (ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or "").split("\n\n")[0]
            rows.append(_row((f"`{folder.relative_to(_ROOT)}/`", " ".join(sentence.split()))))
    return _table((_row(("folder", "what is in it")), _row(("---", "---")), *rows))


def folder_arrows(package: str) -> str:
    """The imports between the folders of a package, as a Mermaid graph; the modules at its top are left out."""
    imports = grimp.build_graph(*PACKAGES, cache_dir=None)
    folders_of_package = {
        f"{package}.{path.parent.name}" for path in (_ROOT / package).glob("*/__init__.py") if path.parent != _ROOT
    }
    pairs = {
        (above, below)
        for above in folders_of_package
        for below in folders_of_package
        if above != below and imports.direct_import_exists(importer=above, imported=below, as_packages=True)
    }
    lines = (f"    {above.split('.')[1]} --> {below.split('.')[1]}" for above, below in sorted(pairs))
    return _table(("```mermaid", "graph TD", *lines, "```"))


PARTS: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "userdata.md": {"example": example, "keys": partial(document_keys, "en")},
    "userdata.ja.md": {"example": example, "keys": partial(document_keys, "ja")},
    "errors.md": {"codes": partial(error_codes, "en")},
    "errors.ja.md": {"codes": partial(error_codes, "ja")},
    "states.md": {"lifecycle": partial(lifecycle_table, "en"), "transaction": partial(transaction_table, "en")},
    "states.ja.md": {"lifecycle": partial(lifecycle_table, "ja"), "transaction": partial(transaction_table, "ja")},
    "architecture.md": {
        "folders": folders,
        "device": partial(folder_arrows, "agent"),
        "desk": partial(folder_arrows, "fleet"),
    },
}
"""Page → name of the part → what stands there."""


def renewed(page: str) -> str:
    """The text of a page with its generated parts written anew; raises `ValueError` for a page without their marks."""
    text = (DOCS / page).read_text()
    for name, write in PARTS[page].items():
        begin, end = f"<!-- generated: {name} -->\n", f"<!-- end: {name} -->"
        if not text.count(begin) == text.count(end) == 1:
            raise ValueError(f"docs/{page} needs {begin.strip()} and {end}, once")
        before, rest = text.split(begin)
        text = f"{before}{begin}{write()}{end}{rest.split(end)[1]}"
    return text


def main() -> int:
    """Writes every page whose generated parts are stale, and names it."""
    for page in PARTS:
        text = renewed(page)
        if text != (DOCS / page).read_text():
            (DOCS / page).write_text(text)
            sys.stdout.write(f"docs/{page}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
