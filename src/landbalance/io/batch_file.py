"""The form of a run file: which workspaces a batch assesses, whole or cut to polygons, each with its own method."""

import glob
from pathlib import Path

from pydantic import Field

from landbalance.core.errors import NotFoundError
from landbalance.io.layer_entries import expand_path
from landbalance.io.workspace_file import FILE_NAME, OverrideTable, Table, read_form


class RunTable(Table):
    """One entry: a workspace or a pattern of folders, and how it is assessed."""

    workspace: str = Field(min_length=1)
    area: str = ""
    name_field: str = ""
    profile: str = ""
    language: str = "en"
    parameters: dict[str, OverrideTable] = Field(default={})


class BatchFile(Table):
    """The whole file; `out` is the folder of the summary and of the runs of polygons."""

    out: str = ""
    run: list[RunTable] = Field(min_length=1)


def read_batch_file(path: Path) -> BatchFile:
    """Read and check a run file.

    Raises
    ------
    NotFoundError, InputError
        If it does not exist, is no TOML, or does not fit; the message names the line.
    """
    return read_form(path, BatchFile)


def folders_of(pattern: str, home: Path) -> tuple[Path, ...]:
    """Return the workspace a path names, or all that a pattern matches, in the order of their names.

    Raises
    ------
    NotFoundError
        If a pattern matches no workspace.
    """
    place = expand_path(pattern, home)
    if not glob.has_magic(place):
        return (Path(place),)
    top = Path(Path(place).anchor)
    found = sorted(each for each in top.glob(str(Path(place).relative_to(top))) if (each / FILE_NAME).is_file())
    if not found:
        raise NotFoundError(
            "{pattern} matches no workspace",
            pattern=pattern,
            hint="a workspace is a folder with {file_name}; patterns are relative to the run file",
            file_name=FILE_NAME,
        )
    return tuple(found)
