"""The process that does one piece of work: what it may take."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SAID = """
import resource, sys
from pathlib import Path
from landbalance.engine import child

child.main(Path(sys.argv[1]))
print(resource.getrlimit(resource.RLIMIT_AS)[0])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such limits")
@pytest.mark.parametrize("most", [0, 4 << 30])
def test_work_on_files_from_outside_may_take_little_memory(most: int, tmp_path: Path) -> None:
    task = {"parent": os.getpid(), "does": "landbalance.engine.pack_work:take_in", "folder": str(tmp_path),
            "options": {"archive": str(tmp_path / "none.lbpack")}, "memory_bytes": most}  # fmt: skip
    (tmp_path / "task.json").write_text(json.dumps(task))

    done = subprocess.run(
        [sys.executable, "-c", SAID, tmp_path / "task.json"], capture_output=True, text=True, check=True
    )

    assert int(done.stdout.splitlines()[-1]) == (most or -1)
    assert "does not exist" in (tmp_path / "answer.json").read_text()
