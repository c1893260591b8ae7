"""How long work tells of its progress; the edges show it."""

from typing import Protocol


class Progress(Protocol):
    """Is told how much there is to do and what is done."""

    def start(self, total: int, label: str) -> None:
        """Begin: `total` pieces of work called `label`."""

    def advance(self, count: int) -> None:
        """Note that `count` more pieces are done."""

    def finish(self) -> None:
        """End."""


class NoProgress:
    """Shows nothing."""

    def start(self, total: int, label: str) -> None:
        """Begin, silently."""

    def advance(self, count: int) -> None:
        """Go on, silently."""

    def finish(self) -> None:
        """End, silently."""
