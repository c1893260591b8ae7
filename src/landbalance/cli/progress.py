"""A progress bar with the time left, on the error stream of a terminal."""

import sys
from typing import TYPE_CHECKING

from landbalance.core.progress import NoProgress, Progress

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


class Bar:
    """One bar for each pass, drawn by rich."""

    def __init__(self) -> None:
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None

    def start(self, total: int, label: str) -> None:
        """Draw an empty bar."""
        self.finish()
        self._bar = _rich_bar()
        self._task = self._bar.add_task(label, total=total)
        self._bar.start()

    def advance(self, count: int) -> None:
        """Fill the bar."""
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, count)

    def finish(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _rich_bar() -> "RichProgress":
    """Return an empty bar with the steps done and the time left."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    return RichProgress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def progress_bar(*, quiet: bool = False) -> Progress:
    """Return a bar on a terminal, silence elsewhere."""
    return NoProgress() if quiet or not sys.stderr.isatty() else Bar()
