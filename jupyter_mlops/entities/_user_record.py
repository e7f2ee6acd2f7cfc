"""What the user says of a run after it was submitted: the content of its `user.json`."""

from __future__ import annotations

import msgspec

from ._wire import WIRE_VERSION


class UserRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The user's own words about a run; they win over what the run was submitted with and what it logged.

    Parameters
    ----------
    name : str
        The run's new name; empty while it has its first one.
    note : str
        Markdown.
    tags : dict
        Tags that were set; None for one that was removed.
    archived : bool
        Out of sight unless asked for; nothing is deleted.
    changed_at : str
        UTC, ISO 8601; empty while nothing was ever said.
    """

    wire_version: int = WIRE_VERSION
    name: str = ""
    note: str = ""
    tags: dict[str, str | None] = {}
    archived: bool = False
    changed_at: str = ""

    def tagged(self, tags: dict[str, str]) -> dict[str, str]:
        """Return a run's tags with the user's changes."""
        merged = {**tags, **self.tags}
        return {key: text for key, text in merged.items() if text is not None}
