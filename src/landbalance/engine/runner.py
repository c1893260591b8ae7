"""Who does the tiles of a run: threads of this process, or whatever else follows the same contract."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from landbalance.engine.threads import side_by_side

Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[Item, Callable[[], bool]], Result]


class Runner(Protocol):
    """Does the same work for many items, in any order."""

    def run(self, work: Work[Item, Result], items: Sequence[Item], take: Callable[[Result], None]) -> None:
        """Hand over the result for every item as it comes, one at a time.

        Parameters
        ----------
        work : callable
            Takes an item, and what to ask now and then whether to give up.
        items : sequence
            Given out in order.
        take : callable
            Takes each result.
        """


@dataclass(frozen=True)
class Threads:
    """Does the work in threads of this process; one alone is no thread of its own."""

    count: int

    def run(self, work: Work[Item, Result], items: Sequence[Item], take: Callable[[Result], None]) -> None:
        """Hand over the result for every item as it comes; an error in one stops the others at their next look."""
        lock, stop = threading.Lock(), threading.Event()

        def act(item: Item) -> None:
            result = work(item, stop.is_set)
            with lock:
                take(result)

        if self.count == 1:
            for item in items:
                act(item)
        else:
            side_by_side(act, items, self.count, stop)
