"""Pure. Text of others as it is shown: without characters that cannot be seen.

Names, tags, answers of modems and errors come from devices and from the platform. A control character could move the
cursor, ring or recolour a terminal, a line break could forge a line, and a change of direction could turn a number
around.
"""

from __future__ import annotations

import re

HIDDEN = (
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Controls but the tab, separators of lines, changes of direction, characters without width, halves of characters."""


def visible(text: str) -> str:
    """One line, with U+FFFD for each character that cannot be seen."""
    return re.sub(HIDDEN, "\N{REPLACEMENT CHARACTER}", text)
