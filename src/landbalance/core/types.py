"""Names for the array types that travel between floors."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
FloatGrid: TypeAlias = NDArray[np.float32]
StatusGrid: TypeAlias = NDArray[np.int8]
ClassGrid: TypeAlias = NDArray[np.int8]
UnitGrid: TypeAlias = NDArray[np.int32]
Value: TypeAlias = bool | int | float | str | tuple[Any, ...]
Chunk: TypeAlias = Mapping[str, Array]
