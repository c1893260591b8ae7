"""The cache of machine code: a kernel is compiled anew when one that it calls changes in another file."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import landbalance

CALLER = """\
from landbalance.kernels.callee import give
from landbalance.kernels.compile import kernel


@kernel
def twice() -> int:
    return 2 * give()
"""
CALLEE = """\
from landbalance.kernels.compile import kernel


@kernel
def give() -> int:
    return {number}
"""


def twice(home: Path) -> int:
    """Return what the caller gives in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(home), "NUMBA_CACHE_DIR": str(home / "cache")}
    words = [sys.executable, "-c", "from landbalance.kernels.caller import twice; print(twice())"]
    return int(subprocess.run(words, check=True, capture_output=True, text=True, env=environment).stdout)


def test_a_change_in_a_callee_of_another_file_is_not_missed(tmp_path: Path) -> None:
    package = Path(landbalance.__file__).parent
    shutil.copytree(package, tmp_path / "landbalance", ignore=shutil.ignore_patterns("__pycache__", "locale", "demo"))
    (tmp_path / "landbalance/kernels/caller.py").write_text(CALLER)
    (tmp_path / "landbalance/kernels/callee.py").write_text(CALLEE.format(number=10))

    before = twice(tmp_path), twice(tmp_path)
    (tmp_path / "landbalance/kernels/callee.py").write_text(CALLEE.format(number=21))

    assert before == (20, 20)
    assert twice(tmp_path) == 42
    assert len(list((tmp_path / "cache").iterdir())) == 2
