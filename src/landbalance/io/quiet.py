"""One place where a warning of rasterio is silenced: warning filters belong to the whole process, not to a thread."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from rasterio.errors import NotGeoreferencedWarning

_ONE_AT_A_TIME = threading.Lock()


@contextmanager
def quiet_about_georeference() -> Iterator[None]:
    """Silence the warning about rasters without a place, one thread at a time."""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        yield
