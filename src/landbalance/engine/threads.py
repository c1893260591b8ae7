"""Work side by side in threads that can be told to end, and that never hold up the end of the process."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")
GRACE_SECONDS = 3.0  # how long the end of a run waits for work that cannot be interrupted
POLL_SECONDS = 0.2


def side_by_side(
    work: Callable[[Item], None], items: Iterable[Item], threads: int, stop: threading.Event, name: str = "tiles"
) -> None:
    """Do the work for every item; the first error, or Ctrl-C, sets `stop`, ends the others and is raised.

    Parameters
    ----------
    work : callable
        Takes one item; long work asks `stop` now and then.
    items : iterable
        Taken in order, one after the other.
    threads : int
        How many at once.
    stop : threading.Event
        Set as soon as the work is to end.
    name : str
        What the threads are called.
    """
    queue, lock, failures, done = iter(items), threading.Lock(), list[BaseException](), object()

    def run() -> None:
        while not stop.is_set():
            with lock:
                item = next(queue, done)
            if item is done:
                return
            try:
                work(item)  # type: ignore[arg-type]
            except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
                failures.append(error)
                stop.set()

    workers = [threading.Thread(target=run, name=f"{name}-{number}", daemon=True) for number in range(threads)]
    try:
        for worker in workers:
            worker.start()
        for worker in workers:
            while worker.is_alive() and not stop.is_set():
                worker.join(POLL_SECONDS)
    finally:
        if stop.is_set() or any(worker.is_alive() for worker in workers):
            _end(workers, stop)
    if failures:
        raise failures[0]


def _end(workers: Iterable[threading.Thread], stop: threading.Event) -> None:
    """Tell the threads to end and wait for them, but not for ever."""
    stop.set()
    deadline = time.monotonic() + GRACE_SECONDS
    for worker in workers:
        worker.join(max(0.0, deadline - time.monotonic()))
