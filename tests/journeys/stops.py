"""Ways to stop a run."""

import time

from landbalance.core.progress import NoProgress


class Few(NoProgress):
    """Cancels after some tiles or rasters."""

    def __init__(self, label: str, pieces: int) -> None:
        self.label, self.left, self.active, self.cancelled = label, pieces, False, 0.0

    def start(self, total: int, label: str) -> None:
        """Note what is counted now."""
        self.active = label == self.label

    def advance(self, count: int) -> None:
        """Cancel when enough is done."""
        self.left -= count if self.active else 0
        if self.left <= 0:
            self.cancelled = self.cancelled or time.monotonic()
            raise KeyboardInterrupt
