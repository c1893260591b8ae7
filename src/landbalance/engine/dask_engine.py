"""The engine on a Dask cluster: tasks read and write tiles themselves; counts and checksums are all that travels."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from distributed import Client, KilledWorker, LocalCluster, as_completed

from landbalance._version import __version__
from landbalance.core.errors import LandbalanceError, RuleError, SourceError
from landbalance.engine.runner import Item, Result, Work

TRIES_AGAIN = 2  # of a task that fails; one whose worker dies is tried again besides
GROUPS_A_THREAD = 8  # tasks for each thread of the cluster, so that the last ones end together
LARGEST_GROUP = 16  # items in a task
ANSWER_SECONDS = 30
WORKER_SECONDS = 600


@dataclass(frozen=True)
class DaskRunner:
    """Does the work on the workers of a Dask cluster.

    Every task may be done again, on any worker, as often as needed: a tile has one place in a file, and what is written
    there is always the same. So a worker that dies costs its tasks, never the result.
    """

    client: Any

    def run(self, work: Work[Item, Result], items: Sequence[Item], take: Callable[[Result], None]) -> None:
        """Hand over the result for every item as it comes.

        Raises
        ------
        SourceError
            If workers die again and again, or the scheduler goes away.
        LandbalanceError
            What a task raised, more than once.
        """
        shared = self.client.submit(_given, work, pure=False)  # travels once to a worker, not once with each task
        groups = _groups(items, sum(self.client.nthreads().values()))
        futures = self.client.map(_do, groups, work=shared, version=__version__, retries=TRIES_AGAIN, pure=False)
        try:
            for future, results in as_completed(futures, with_results=True):  # type: ignore[no-untyped-call]
                for result in results:
                    take(result)
                future.release()
        except (KilledWorker, asyncio.CancelledError) as error:
            raise SourceError(
                "the Dask workers do not hold out ({why})",
                why=str(error).splitlines()[0] if str(error) else type(error).__name__,
                retryable=True,
                hint="give each more memory or fewer threads, then call again: finished tiles are kept",
            ) from error
        finally:
            self.client.cancel(futures)


@contextmanager
def dask_runner(
    scheduler: str | None = None,
    *,
    workers: int | None = None,
    threads: int | None = None,
    processes: bool = True,
) -> Iterator[DaskRunner]:
    """Hand out a runner on a cluster: the one at an address, or one of this machine that ends with the block.

    Parameters
    ----------
    scheduler : str or None
        Address such as "tcp://10.0.0.1:8786"; a local cluster when None.
    workers, threads : int or None
        Of a local cluster: workers (one when None), and threads of each (all processors shared out when None).
    processes : bool
        Whether the workers of a local cluster are processes of their own.

    Raises
    ------
    SourceError
        If no scheduler answers, or it has no worker.
    """
    if scheduler is not None:
        with _client(scheduler) as client:
            yield DaskRunner(client)
        return
    workers = workers or 1
    with (
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers,
            threads_per_worker=threads or max(1, (os.cpu_count() or 1) // workers),
            processes=processes,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,  # type: ignore[no-untyped-call]
    ):
        yield DaskRunner(client)


@contextmanager
def _client(address: str) -> Iterator[Any]:
    """Hand out a client of a scheduler that has a worker."""
    try:
        client = Client(address, timeout=ANSWER_SECONDS)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise SourceError(
            "no Dask scheduler answers at {address}",
            address=address,
            retryable=True,
            hint="check the address: it looks like tcp://host:8786",
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except TimeoutError as error:
            raise SourceError(
                "the Dask scheduler at {address} has no worker",
                address=address,
                retryable=True,
                hint="start workers, then call again",
            ) from error
        yield client


def _groups(items: Sequence[Item], threads: int) -> list[Sequence[Item]]:
    """Return the items of each task, in order."""
    size = min(LARGEST_GROUP, max(1, len(items) // (GROUPS_A_THREAD * max(threads, 1))))
    return [items[start : start + size] for start in range(0, len(items), size)]


def _given(work: Work[Item, Result]) -> Work[Item, Result]:
    """Return the work, on a worker, for all tasks there."""
    return work


def _do(items: Sequence[Item], *, work: Work[Item, Result], version: str) -> list[Result]:
    """Do the work of one task, on a worker.

    Raises
    ------
    RuleError
        If the worker has another version of the program.
    """
    if version != __version__:
        raise RuleError(
            "a Dask worker runs landbalance {found}, not {version}",
            found=__version__,
            version=version,
            hint="install one version everywhere",
        )
    try:
        return [work(item, bool) for item in items]
    except LandbalanceError as error:
        error.__cause__ = error.__context__ = None  # errors of other libraries may not survive the way to the client
        raise
