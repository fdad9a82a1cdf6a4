"""Values. Why something is done to the gateway, or is left undone: values for programs, and one text for people.

Decisions compare these values. `reason_text` is the only function that makes a sentence of them.
"""

from __future__ import annotations

from enum import Enum, unique

from agent.codes import Code
from agent.frozen import frozen
from agent.key_path import KeyPath, path_text


@frozen
class DocumentKey:
    """The document asks for it."""

    path: KeyPath
    """Where in the document: `("write_files", 2)`. It has at least one member, the key."""

    @property
    def key(self) -> str:
        """The key at the top of the document: `write_files`."""
        return str(self.path[0])


@unique
class Cause(Enum):
    """A reason that needs no details."""

    NO_LONGER_NAMED = "no longer named"
    """An earlier document asked for it, and the present one does not."""
    ROLLBACK = "rollback"
    """A person goes back to the generation before the present one."""
    SCRUB = "scrub"
    """An order removes everything that is sensitive."""
    CHANGED_SINCE = "changed by somebody else since"
    """The gateway is not as the agent left it."""
    COPY_DAMAGED = "the kept copy of what stood there is damaged"
    IN_THE_WAY = "something else is in the way: remove it by hand"
    NOT_EMPTY = "something else is in it now"
    """A directory that the agent made holds files of somebody else."""
    NO_SUCH_PARAMETER = "this kernel has no such parameter"
    ONLY_ROOT_GIVES_AWAY = "only root gives files away"
    """The file belongs to the user of this process, since only root can change an owner."""
    OWN_UNIT_STOPPED = "the agent's own unit was stopped"
    """Without it no later order is given, or none is carried out."""


@frozen
class EarlierText:
    """An earlier version of the agent recorded the reason as this text."""

    text: str


PlainReason = DocumentKey | Cause | EarlierText
"""Why a path, a unit or a command is wanted."""


@frozen
class DirectoryAbove:
    """A directory is made because it is missing above a path that is wanted."""

    of: PlainReason
    """Why the path is wanted."""


StepReason = PlainReason | DirectoryAbove
"""Why a step is done."""


@frozen
class Drift:
    """Somebody else changed it since, and the document still asks for what stood there."""

    asked_by: DocumentKey


@frozen
class NotDone:
    """A step could not be done, or could not be taken back."""

    code: Code
    detail: str


Reason = StepReason | Drift | NotDone
"""Why a step is done, or something is left as it is."""


def reason_text(reason: Reason) -> str:
    """The reason for a person: `write_files[2]`, `no longer named`, `hostname: directory above it`."""
    match reason:
        case DocumentKey(path):
            return path_text(path)
        case Cause():
            return reason.value
        case EarlierText(text):
            return text
        case DirectoryAbove(of):
            return f"{reason_text(of)}: directory above it"
        case Drift(DocumentKey(path)):
            return f"changed by somebody else since; {path_text(path)} wants it otherwise"
        case NotDone(code, detail):
            return f"{code.text}: {detail}"
