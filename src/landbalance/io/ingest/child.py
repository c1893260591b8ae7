"""The child process itself: fence it in first, then read the one file in its folder, then report.

Run as `python -I -m landbalance.io.ingest.child` in the folder of the job, by `landbalance.io.quarantine`.
"""

import ctypes
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

NEW_USER, NEW_NET = 0x10000000, 0x40000000  # flags of unshare(2)


def main() -> int:
    """Do the one job of this process."""
    task = json.loads(Path("task.json").read_bytes())
    isolated = cut_off_network()
    set_limits(task["limits"])
    from landbalance.io.ingest.work import work

    report: dict[str, Any] = work(task)
    part = Path("report.part")
    part.write_text(json.dumps({**report, "is_isolated": isolated}, allow_nan=False), encoding="utf-8")
    part.replace("report.json")
    return 0


def cut_off_network() -> bool:
    """Leave the network, where the system lets a process do so; return whether it did."""
    if not sys.platform.startswith("linux"):
        return False
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_USER | NEW_NET) != 0:
        return False
    with suppress(OSError):  # without a map the process is nobody, which is no harm
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    return True


def set_limits(limits: dict[str, int]) -> None:
    """Limit memory, processor time and the size of files, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    _limit({
        resource.RLIMIT_AS: limits["memory_bytes"],
        resource.RLIMIT_CPU: limits["seconds"],
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 256,
    })  # fmt: skip


def limit_memory(most: int) -> None:
    """Limit the memory of this process [bytes], where the system can."""
    with suppress(ImportError):  # Windows
        import resource

        _limit({resource.RLIMIT_AS: most})


def _limit(wanted: dict[int, int]) -> None:
    """Set limits of this process, never above those it has."""
    import resource

    for name, value in wanted.items():
        _soft, hard = resource.getrlimit(name)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (most, most))


if __name__ == "__main__":
    sys.exit(main())
