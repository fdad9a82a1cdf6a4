"""Pure. Where the files of a document may end up, once the links on the way are known."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from agent.apply.planning.observation import Observation
from agent.configuration.resolving import forbidden_path
from agent.effects import WantedEffect
from agent.errors import Code, Failure
from agent.reasons import reason_text
from agent.settings import ApplySettings


def check_places(wanted: Iterable[WantedEffect], seen: Observation, policy: ApplySettings) -> None:
    """A link on the way must not lead a file of the document out of where the device's owner lets it write."""
    for item in wanted:
        place = seen.places.get(getattr(item.effect, "path", ""))
        if place is None or item.because.key != "write_files":
            continue
        outside = not any(PurePosixPath(place).is_relative_to(prefix) for prefix in policy.paths)
        if why := forbidden_path(place) or ("which [apply] paths does not have" if outside else ""):
            raise Failure(Code.USERDATA_NOT_ALLOWED, f"leads to {place}: {why}", where=reason_text(item.because))
