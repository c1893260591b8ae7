"""Tables of numbers as Parquet files of our own, whole or not at all."""

import io
from pathlib import Path

import pandas as pd
import pyarrow as pa

from landbalance.io.files import write_bytes


def write_frame(path: Path, frame: pd.DataFrame) -> None:
    """Write a table, whole or not at all."""
    held = io.BytesIO()
    frame.to_parquet(held, index=False)
    write_bytes(path, held.getvalue())


def read_frame(path: Path) -> pd.DataFrame | None:
    """Return a table, None where there is no file or it is damaged."""
    try:
        return pd.read_parquet(io.BytesIO(path.read_bytes()))
    except (OSError, pa.ArrowException):
        return None
