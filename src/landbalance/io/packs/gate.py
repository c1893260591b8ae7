"""When and how much may be fetched: a limit of bytes, and hours of the day in which the line may be used."""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from landbalance.core.errors import InputError, LandbalanceError

_SIZE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*$", re.IGNORECASE)
_HOURS = re.compile(r"^\s*(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)\s*$")
POWERS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
STEP_S = 60.0
NO_LINE_S = 600.0  # until the line is tried again, where nobody waits


class PausedError(LandbalanceError):
    """The limit is reached; what was fetched is kept, and the next build goes on."""


class LaterError(PausedError):
    """The line may not be used now; `wait_s` tells when it may be again [s from now]."""

    def __init__(self, wait_s: float, begin: int) -> None:
        super().__init__("waiting until {hour:02d}:{minute:02d}", hour=begin // 60, minute=begin % 60)
        self.wait_s = wait_s


class NoLineError(LaterError):
    """No server can be reached; what was fetched is kept, and the next build goes on when the line is back."""

    def __init__(self) -> None:
        PausedError.__init__(self, "no server can be reached from this machine",
                             hint="check the line and run the command again: nothing is fetched twice")  # fmt: skip
        self.wait_s = NO_LINE_S


def size_of(text: str) -> int:
    """Return a number of bytes: "200MB", "1.5 GB".

    Raises
    ------
    InputError
        If it is no size.

    Examples
    --------
    >>> size_of("200MB")
    200000000
    """
    found = _SIZE.match(text)
    if not found or not float(found[1]):
        raise InputError("{text!r} is no size", text=text, hint="write 200MB or 1.5GB")
    return int(float(found[1]) * POWERS[found[2].lower()])


class Gate:
    """Lets requests through, waits for the hour, or ends at the limit.

    Parameters
    ----------
    until : str
        Bytes after which it ends, such as "200MB"; no limit when empty.
    between : str
        Hours of the day, such as "22:00-06:00"; any when empty.
    now, sleep : callable
        The clock.
    told : callable
        Is told once when it waits.
    is_patient : bool
        Whether it waits for the hour itself, or ends with how long that is.
    """

    def __init__(
        self, until: str = "", between: str = "", *, now: Callable[[], datetime] = datetime.now,
        sleep: Callable[[float], None] = time.sleep, told: Callable[[str], None] = lambda text: None,
        is_patient: bool = True,
    ) -> None:  # fmt: skip
        self._most = size_of(until) if until else None
        self._hours = hours_of(between) if between else None
        self._now, self._sleep, self._told, self._is_patient = now, sleep, told, is_patient

    def __call__(self, got: int) -> None:
        """Let a request through, or end; `got` is what was fetched so far [bytes]."""
        if self._most is not None and got >= self._most:
            raise PausedError("{got:.1f} MB were fetched, as allowed", got=got / 1e6,
                              hint="run the same command again to go on: nothing is fetched twice")  # fmt: skip

    def wait(self) -> None:
        """Wait until the line may be used: in the thread that can be interrupted, between requests.

        Raises
        ------
        LaterError
            If it may not be used now, and nobody is to wait.
        """
        said = False
        while self._hours and not is_within(now := self._now(), self._hours):
            if not self._is_patient:
                raise LaterError(seconds_until(now, self._hours[0]), self._hours[0])
            if not said:
                self._told(f"waiting until {self._hours[0] // 60:02d}:{self._hours[0] % 60:02d}")
                said = True
            self._sleep(STEP_S)


def hours_of(text: str) -> tuple[int, int]:
    """Return begin and end in minutes of the day.

    Raises
    ------
    InputError
        If it names no hours.

    Examples
    --------
    >>> hours_of("22:00-06:00")
    (1320, 360)
    """
    found = _HOURS.match(text)
    minutes = [int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])] if found else []
    if not found or max(minutes) >= 1440 or int(found[2]) > 59 or int(found[4]) > 59 or minutes[0] == minutes[1]:
        raise InputError("{text!r} names no hours", text=text, hint="write 22:00-06:00")
    return (minutes[0], minutes[1])


def is_within(moment: datetime, hours: tuple[int, int]) -> bool:
    """Return whether a moment lies in the hours, which may go past midnight.

    Examples
    --------
    >>> is_within(datetime(2026, 1, 1, 23, 0), (1320, 360)), is_within(datetime(2026, 1, 1, 7, 0), (1320, 360))
    (True, False)
    """
    minute = (moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)) // timedelta(minutes=1)
    begin, end = hours
    return begin <= minute < end if begin < end else minute >= begin or minute < end


def seconds_until(moment: datetime, minute: int) -> float:
    """Return how long it is until a minute of the day comes next [s].

    Examples
    --------
    >>> seconds_until(datetime(2026, 1, 1, 23, 0), 60)
    7200.0
    """
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return ((day + timedelta(minutes=minute) - moment) % timedelta(days=1)).total_seconds()
