"""Tab completion knows pending names, although they are absent from the namespace, and never waits for one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class PendingCompletions:
    """Offers names to the shell's completer while it is registered.

    Parameters
    ----------
    shell : InteractiveShell
        Whose completer it joins.
    names : callable
        Return the names to offer.
    """

    def __init__(self, shell: InteractiveShell, names: Callable[[], Iterable[str]]) -> None:
        self._shell = shell
        self._names = names

    def register(self) -> None:
        """Begin to offer."""
        self._shell.Completer.custom_matchers.append(self.complete)

    def unregister(self) -> None:
        """Offer nothing more."""
        matchers = self._shell.Completer.custom_matchers
        matchers[:] = [matcher for matcher in matchers if matcher != self.complete]

    def complete(self, text: str) -> list[str]:
        """Return the names that a text may be the beginning of."""
        return sorted(name for name in self._names() if text and name.startswith(text))
