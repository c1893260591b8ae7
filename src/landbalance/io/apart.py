"""Work in a process of its own: a file that ends the program that reads it ends only that, and is named."""

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, TypeVar

from landbalance.core.addresses import without_secrets
from landbalance.core.errors import InputError, LandbalanceError
from landbalance.grid.align import Window

Result = TypeVar("Result")
_STRIP = 512  # rows read at once
_MOST_BYTES = 8 << 30  # of memory, where a file is read because one ends its reader
_SERVE = "from landbalance.io.apart import serve; serve()"
_ITEM, _ERROR, _DONE = "item", "error", "done"


class EndedError(LandbalanceError):
    """A process ended before it had said all."""


def apart(work: Callable[..., Iterable[Result]], *arguments: Any) -> Iterator[Result]:
    """Yield what `work` yields in a process of its own, as it comes.

    The process ends with this one, however that ends.

    Parameters
    ----------
    work : callable
        A function of a module, so that another process finds it.
    *arguments : any
        What can be sent there.

    Raises
    ------
    EndedError
        If the process ends before the work does: a library crashed, or it was killed.
    Exception
        What the work raises.
    """
    process = subprocess.Popen([sys.executable, "-c", _SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own words
    if process.stdin is None or process.stdout is None:
        raise AssertionError
    try:
        with suppress(BrokenPipeError):
            pickle.dump((work, arguments), process.stdin)
            process.stdin.flush()
        while True:
            try:
                kind, value = pickle.load(process.stdout)  # noqa: S301 - of our own process
            except (EOFError, pickle.UnpicklingError) as error:
                raise EndedError("the process ended with {how}", how=_how(process.wait())) from error
            if kind == _DONE:
                return
            if kind == _ERROR:
                raise value
            yield value
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def serve() -> None:
    """Do the work that comes in, and send what it yields; what it prints goes to where errors go."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    work, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301 - of the process that started this one
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        for item in work(*arguments):
            _send(out, _ITEM, item)
        _send(out, _DONE, None)
    except BrokenPipeError:
        os._exit(1)
    except Exception as error:  # noqa: BLE001 - raised again in the process that waits
        error.__cause__ = error.__context__ = None  # errors of other libraries may not survive the way
        _send(out, _ERROR, error)


def read_apart(read: Callable[..., Result], *arguments: Any, files: Callable[[], Iterable[str]]) -> Result:
    """Return what `read` returns in a process of its own.

    Parameters
    ----------
    read : callable
        A function of a module.
    *arguments : any
        What can be sent there.
    files : callable
        Gives the rasters it may read; called where that ends the process.

    Raises
    ------
    InputError
        If reading one of the files ends the process; it names the file.
    Exception
        What `read` raises.
    """
    try:
        result: Result = next(apart(_once, read, *arguments))
        return result
    except EndedError as error:
        refuse_fatal(files())
        raise InputError(
            "reading ended a process ({how}), but none of the files does it again", how=error.fields["how"],
            hint="if memory is short, use fewer threads; else try again",
        ) from error  # fmt: skip


def refuse_fatal(files: Iterable[str]) -> None:
    """Read files whole, in a process of its own, and refuse the one that ends it.

    Raises
    ------
    InputError
        Naming the file.
    """
    last = ""
    try:
        for last in apart(_read_each, tuple(dict.fromkeys(files))):  # noqa: B007 - the last is the one
            pass
    except EndedError as error:
        raise InputError(
            "{path} ends the program that reads it ({how})",
            path=without_secrets(last),
            how=error.fields["how"],
            hint="it is damaged in a way that its reader does not survive: fetch it again, or leave the layer out",
        ) from error


def _once(read: Callable[..., Result], *arguments: Any) -> Iterator[Result]:
    """Yield one result."""
    yield read(*arguments)


def _read_each(paths: Iterable[str]) -> Iterator[str]:
    """Yield each file, then read it; one that is refused in good order is passed over."""
    from landbalance.io.bands import open_bands
    from landbalance.io.ingest.child import limit_memory

    limit_memory(_MOST_BYTES)
    for path in paths:
        yield path
        with suppress(LandbalanceError):
            bands = open_bands(path)
            for number in range(1, bands.count + 1):
                for row in range(0, bands.grid.height, _STRIP):
                    height = min(_STRIP, bands.grid.height - row)
                    bands.read((number,), Window(row, 0, height, bands.grid.width))
            bands.close()


def _send(out: Any, kind: str, value: object) -> None:
    """Send one thing."""
    out.write(pickle.dumps((kind, value)))
    out.flush()


def _end_with_parent() -> None:
    """End the process when the one that started it is gone."""
    os.read(0, 1)
    os._exit(1)


def _how(code: int) -> str:
    """Return how a process ended, in words."""
    return signal.Signals(-code).name if code < 0 else f"code {code}"
