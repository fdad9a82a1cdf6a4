"""Pure. `environment` → files of NAME="value" lines, as systemd.exec(5) and a shell read them alike.

`with_identity` writes fillers for the identity of the gateway before a document is filled in, so that the root half
gets the values and needs to know no SIM. Tags are named one by one, since the agent itself changes some of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from agent.configuration.keys.write_files import mode_of, then_of
from agent.configuration.problems import Fault
from agent.effects import WantedEffect, WriteFile
from agent.reasons import DocumentKey

IDENTITY: Mapping[str, str] = MappingProxyType(
    {
        "KITTING_IMSI": "{{ subscriber.imsi }}",
        "KITTING_SIM_ID": "{{ subscriber.sim_id | default('') }}",
        "KITTING_ICCID": "{{ subscriber.iccid | default('') }}",
        "KITTING_IMEI": "{{ equipment.imei | default('') }}",
    }
)
_SPECIAL = str.maketrans({character: f"\\{character}" for character in '\\"$`'})


def render(files: Sequence[Mapping[str, Any]]) -> Iterator[WantedEffect | Fault]:
    """In document order; names within a file in theirs."""
    for position, file in enumerate(files):
        mode = mode_of(file, ("environment", position))
        if isinstance(mode, Fault):
            yield mode
            continue
        lines = (f'{name}="{value.translate(_SPECIAL)}"\n' for name, value in sorted(file.get("values", {}).items()))
        effect = WriteFile(file["path"], "".join(lines).encode(), mode, file.get("owner", "root:root"))
        because = DocumentKey(("environment", position))
        yield WantedEffect(effect, because, then=tuple(then_of(file)), sensitive=file.get("sensitive", False))


def with_identity(files: object) -> object:
    """The files with fillers for the identity that they ask for; other values than a list are left to the schema."""
    if not isinstance(files, list):
        return files
    return [_with_identity(file) if isinstance(file, dict) else file for file in files]


def _with_identity(file: dict[str, Any]) -> dict[str, Any]:
    values, tags = file.get("values", {}), file.get("tags", [])
    if not isinstance(values, dict) or not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        return file
    identity = IDENTITY if file.get("identity") is True else {}
    named = {f"KITTING_TAG_{tag.upper()}": f"{{{{ tags.{tag} | default('') }}}}" for tag in tags}
    added = {**identity, **named}
    return {**file, "values": {**added, **values}} if added else file
