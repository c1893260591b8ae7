"""What is done of a pack that is being built."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landbalance.core.errors import InputError
from landbalance.io.files import sha256, write_text

JOURNAL = ".journal.jsonl"


class Journal:
    """What is done of a pack: a line for each product, written when its file is whole."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / JOURNAL
        self.lines: list[dict[str, Any]] = []
        if self.path.is_file():
            for text in self.path.read_text(encoding="utf-8").splitlines():
                try:
                    self.lines.append(json.loads(text))
                except ValueError:  # the line a kill cut short
                    break

    def note_begin(self, stated: Mapping[str, Any], moment: str) -> str:
        """Note what is built, or check that it is the same; return when it was begun."""
        begun = next((line for line in self.lines if "begun" in line), None)
        if begun is None:
            self.add({"begun": moment, "order": dict(stated)})
            return moment
        if begun["order"] != dict(stated):
            raise InputError("{folder} was begun as another pack: {order}", folder=self.path.parent,
                             order=begun["order"], hint="finish it so, or delete the folder")  # fmt: skip
        return str(begun["begun"])

    def done(self, path: str) -> dict[str, Any] | None:
        """Return the line of a file that is whole."""
        for line in self.lines:
            if line.get("path") == path and _is_whole(self.path.parent / path, line):
                return line
        return None

    def add(self, line: dict[str, Any]) -> None:
        """Write a line."""
        self.lines = [each for each in self.lines if "path" not in line or each.get("path") != line["path"]]
        self.lines.append(line)
        write_text(self.path, "".join(json.dumps(each, sort_keys=True) + "\n" for each in self.lines))


def _is_whole(path: Path, line: Mapping[str, Any]) -> bool:
    """Return whether a file is what its line says."""
    if line.get("kind") == "folder":
        return path.is_dir()
    return path.is_file() and path.stat().st_size == line["bytes"] and sha256(path) == line["sha256"]
