"""Build what the pages need from npm into the package; without Node the package is built plain.

Run by hatchling when a wheel is built, and by `python hatch_build.py` in a checkout.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # in a checkout hatchling need not be installed
    BuildHookInterface = object

ROOT = Path(__file__).resolve().parent
SOURCES = ROOT / "src" / "landbalance" / "web" / "assets"
BUILT = SOURCES.parent / "built"
PLAIN = "LANDBALANCE_PLAIN"


class AssetsHook(BuildHookInterface):
    """Called by hatchling before a wheel is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build scripts, map and fonts, unless the builder wants plain pages or has no Node."""
        if os.environ.get(PLAIN) or version == "editable":
            return
        if shutil.which("node") and shutil.which("npm"):
            build()
        else:
            print("no Node: the package is built with plain pages", file=sys.stderr)


def build() -> None:
    """Install the locked packages without running their scripts, and bundle; do nothing if nothing has changed."""
    digest = hashlib.sha256()
    files = [path for path in SOURCES.rglob("*") if path.is_file() and "node_modules" not in path.parts]
    for path in sorted(files):
        digest.update(path.relative_to(SOURCES).as_posix().encode() + b"\0" + path.read_bytes())
    stamp = BUILT / "stamp"
    if stamp.is_file() and stamp.read_text() == digest.hexdigest():
        return
    subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=SOURCES, check=True
    )
    subprocess.run(["node", "build.mjs"], cwd=SOURCES, check=True)
    stamp.write_text(digest.hexdigest())


if __name__ == "__main__":
    build()
