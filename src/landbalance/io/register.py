"""Make a workspace, and write layers, zones and files into its `landbalance.toml` without losing a comment."""

import hashlib
import os
import re
import shutil
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import BaseModel, ValidationError
from tomlkit.items import AoT, Table

from landbalance.core.addresses import is_remote
from landbalance.core.errors import InputError
from landbalance.core.layers import Layer, Slice
from landbalance.core.places import country
from landbalance.core.workspace import Workspace
from landbalance.io.files import checksum, unwritable, write_text
from landbalance.io.layer_entries import expand_path, layer_of
from landbalance.io.workspace import WORKSPACES, installation_above, workspace_from
from landbalance.io.workspace_file import FILE_NAME, LayerTable, WorkspaceFile, ZoneTable, read_text

BACKUP_NAME = FILE_NAME + ".bak"
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]*$")
_TEMPLATE = """\
# A Landbalance workspace: one country's layers, periods and parameters. `landbalance data check` says what is missing.

{installation}[workspace]
format = 1
country = "{country}"
title = "{title}"{invented}
profile = "unccd-2026"
boundary = ""  # polygons of the country: landbalance data add PATH --role boundary

# Periods are those of the UNCCD 2026 cycle unless written here:
# [periods.baseline]
# land_cover = [2000, 2015]
# soc = [2000, 2015]
# productivity = [2001, 2015]

# A national value of a parameter, with its reason (`landbalance config show` prints them all):
# [parameters]
# soc_threshold = {{value = 0.10, reason = "national soil survey"}}
"""


def init_workspace(
    name: str, country_code: str, *, title: str = "", start: str | Path | None = None, invented: bool = False
) -> Path:
    """Make a workspace folder: `workspaces/NAME` inside an installation, else `./NAME`.

    Parameters
    ----------
    name : str
        Name of the folder.
    country_code : str
        ISO 3166 alpha-3 code.
    title : str
        Title of the workspace; the name of the country when empty.
    start : str, Path or None
        Where it is made; the current folder when None.
    invented : bool
        Whether the code may be that of an invented country.

    Raises
    ------
    InputError
        If the name is no folder name, the folder exists, or it cannot be written.
    NotFoundError
        If there is no such country.
    """
    if not _NAME.match(name):
        raise InputError("{name!r} is no workspace name", name=name, hint="use letters, digits, - and _")
    place = country(country_code.upper(), invented=invented)
    here = Path(start or Path.cwd()).absolute()
    home = installation_above(here)
    folder = home / WORKSPACES / name if home else here / name
    if os.path.lexists(folder):
        raise InputError("{folder} exists already", folder=folder, hint="choose another name")
    text = _TEMPLATE.format(
        installation="" if home else "[installation]\n\n",
        country=place.iso3,
        title=(title or place.name).replace("\\", "").replace('"', "'"),
        invented="\ninvented = true" if place.is_invented else "",
    )
    return _made(folder, text)


def layer_entry(**fields: object) -> LayerTable:
    """Return the table of a layer, from fields a person gave; those left out (None, empty) keep their default.

    Raises
    ------
    InputError
        If a field does not fit.
    """
    given = {name: value for name, value in fields.items() if value not in (None, "", [], ())}
    try:
        return LayerTable.model_validate(given)
    except ValidationError as error:
        raise _fault(error) from error


def zone_entry(**fields: str) -> ZoneTable:
    """Return the table of zones, from fields a person gave.

    Raises
    ------
    InputError
        If a field does not fit.
    """
    try:
        return ZoneTable.model_validate(fields)
    except ValidationError as error:
        raise _fault(error) from error


def read_layer(folder: Path, entry: LayerTable) -> Layer:
    """Return the layer a table describes, without registering it; a path not absolute is taken from the current folder.

    Raises
    ------
    NotFoundError, InputError
        If its files cannot be read or tied to their years.
    """
    return layer_of(_from_here(entry), folder)


def add_layer(
    folder: Path, entry: LayerTable, *, copy: bool = False, replace: bool = False, is_checked: bool = False
) -> Layer:
    """Write a layer into `landbalance.toml`, checked first, with its checksum; return the layer.

    Parameters
    ----------
    folder : Path
        The workspace.
    entry : LayerTable
        What is registered; a path not absolute is taken from the current folder.
    copy : bool
        Whether its files are copied into `data/`; they are referenced where they are otherwise.
    replace : bool
        Whether layers with the same role are taken out first.
    is_checked : bool
        Whether the checksum in the table is known to be right, so that its files are not read for it.

    Raises
    ------
    InputError
        If the layer cannot be read or tied to its years, or does not fit beside the others.
    NotFoundError
        If its file does not exist.
    """
    entry = _from_here(entry)
    path, layer = entry.path, layer_of(entry, folder)
    files = tuple(dict.fromkeys(piece.path for piece in layer.slices))
    made: list[Path] = []
    if copy and is_remote(path):
        raise InputError(
            "{path} is on a server", path=path, hint="leave out --copy, or fetch it and name the local file"
        )
    if copy:
        made = _copied(files, folder / "data")
        path = str(folder / "data" / Path(path).name)
    written = {"path": written_path(path, folder), "legend": written_path(entry.legend, folder)}
    digest = entry.sha256 if is_checked and entry.sha256 else checksum_of(files)
    entry = entry.model_copy(update={**written, "sha256": digest})
    try:
        _edit(folder, lambda document: _put_layer(document, entry, replace=replace))
    except BaseException:
        for file in made:
            shutil.rmtree(file) if file.is_dir() else file.unlink(missing_ok=True)
        raise
    return layer


def add_zones(folder: Path, zone: ZoneTable) -> None:
    """Write zones into `landbalance.toml`; zones with the same id are replaced.

    Raises
    ------
    InputError
        If the file cannot be read, or its polygons have no such field.
    """
    path = _readable(zone.path, zone.name_field, zone.code_field)
    entry = zone.model_copy(update={"path": written_path(path, folder)})
    _edit(folder, lambda document: _put(document, "zones", entry, lambda row: row.get("id") == zone.id))


def point_to_copy(folder: Path, role: str, copy: Path) -> None:
    """Let a layer be read from a copy of it in `landbalance.toml`; where it came from is written beside it.

    Raises
    ------
    InputError
        If the copy is not read as the very same slices, or the layer is written in several tables.
    """

    def change(document: tomlkit.TOMLDocument) -> None:
        rows = [row for row in document.get("layer", []) if row.get("role") == role]
        if len(rows) != 1:
            raise InputError(
                "layer {role} stands in {count} tables",
                role=role,
                count=len(rows),
                hint="write it as one, with {{year}}",
            )
        row = rows[0]
        before = layer_of(LayerTable.model_validate(row.unwrap()), folder)
        row["original"] = row["path"]
        row["original_sha256"] = checksum_of(tuple(dict.fromkeys(piece.path for piece in before.slices)))
        row["path"] = written_path(str(copy), folder)
        row["sha256"] = checksum_of((str(copy),))
        row.pop("band", None)
        after = layer_of(LayerTable.model_validate(row.unwrap()), folder)
        if [_time(piece) for piece in after.slices] != [_time(piece) for piece in before.slices]:
            raise InputError("{path} is read as other years than its original", path=copy, hint="keep the original")

    _edit(folder, change)


def _time(piece: Slice) -> tuple[object, ...]:
    """Return the time a slice stands for."""
    return piece.year, piece.date, piece.name


def set_file(folder: Path, key: str, path: str) -> None:
    """Name the boundary, coast or recodes file of a workspace.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    written = written_path(_readable(path), folder)

    def put(document: tomlkit.TOMLDocument) -> None:
        document["workspace"][key] = written

    _edit(folder, put)


def checksum_of(files: tuple[str, ...]) -> str:
    """Return the checksum of one file, or of the list of checksums and names of several."""
    return joined_checksum([(Path(file).name, checksum(file)) for file in files])


def joined_checksum(files: Sequence[tuple[str, str]]) -> str:
    """Return the checksum that stands for files, from the name and checksum of each."""
    if len(files) == 1:
        return files[0][1]
    return hashlib.sha256("".join(f"{digest}  {name}\n" for name, digest in files).encode()).hexdigest()


def written_path(path: str, folder: Path) -> str:
    """Return a path as it is written in the file: relative inside the workspace, ${LANDBALANCE_SHARED}, or absolute."""
    shared = os.environ.get("LANDBALANCE_SHARED")
    for root, prefix in ((str(folder), ""), (str(Path(shared).absolute()) if shared else "", "${LANDBALANCE_SHARED}/")):
        if root and path.startswith(root + os.sep):
            return prefix + path.removeprefix(root + os.sep)
    return path


def _from_here(entry: LayerTable) -> LayerTable:
    """Return a table whose paths are absolute, those of a person being relative to the current folder."""
    legend = expand_path(entry.legend, Path.cwd()) if entry.legend.endswith(".toml") else entry.legend
    return entry.model_copy(update={"path": expand_path(entry.path, Path.cwd()), "legend": legend})


def _made(folder: Path, text: str) -> Path:
    """Make the folder under a temporary name, fill it and give it its name."""
    part = folder.with_name(f".{folder.name}.part")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(part, ignore_errors=True)
        for room in ("data", "runs"):
            (part / room).mkdir(parents=True)
        write_text(part / FILE_NAME, text)
        part.rename(folder)
    except OSError as error:
        raise unwritable(folder, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def _edit(folder: Path, change: Callable[[tomlkit.TOMLDocument], None]) -> Workspace:
    """Change the file: checked as a whole before it is written, the last version kept beside it."""
    path = folder / FILE_NAME
    old = read_text(path)
    document = tomlkit.parse(old)
    change(document)
    new = tomlkit.dumps(document)
    workspace = workspace_from(_checked(new), folder)
    write_text(folder / BACKUP_NAME, old)
    write_text(path, new)
    return workspace


def _checked(text: str) -> WorkspaceFile:
    """Return the form of a changed file."""
    try:
        return WorkspaceFile.model_validate(tomllib.loads(text))
    except ValidationError as error:
        raise _fault(error) from error


def _fault(error: ValidationError) -> InputError:
    """Return the first fault as one line."""
    fault = error.errors(include_url=False)[0]
    key = ".".join(map(str, fault["loc"])) or str(fault.get("ctx", {}).get("key", ""))
    return InputError("{key}: {why}", key=key, why=fault["msg"], hint="it is {value!r} now", value=fault["input"])


def _put_layer(document: tomlkit.TOMLDocument, entry: LayerTable, *, replace: bool) -> None:
    """Put a layer in: the same path and role again replaces its entry."""

    def stands_for(row: Table) -> bool:
        return row.get("role") == entry.role and (replace or row.get("path") == entry.path)

    _put(document, "layer", entry, stands_for)


def _put(document: tomlkit.TOMLDocument, key: str, entry: BaseModel, stands_for: Callable[[Table], bool]) -> None:
    """Append an entry to an array of tables, taking out those it stands for."""
    rows = document.get(key)
    if not isinstance(rows, AoT):
        rows = tomlkit.aot()
        document.add(tomlkit.nl())
        document.append(key, rows)
    for place in reversed(range(len(rows))):
        if stands_for(rows[place]):
            del rows[place]
    table = tomlkit.table()
    for name, value in entry.model_dump(exclude_defaults=True, mode="python").items():
        table.append(name, _item(value))
    table.add(tomlkit.nl())
    rows.append(table)


def _item(value: Any) -> Any:
    """Return a list of tables as inline tables, anything else as it is."""
    if not (isinstance(value, list) and value and isinstance(value[0], dict)):
        return value
    array = tomlkit.array()
    for row in value:
        inline = tomlkit.inline_table()
        inline.update(row)
        array.append(inline)
    return array


def _copied(files: tuple[str, ...], target: Path) -> list[Path]:
    """Copy files into a folder under temporary names, then give them their own; none stays if one fails."""
    made: list[Path] = []
    try:
        target.mkdir(exist_ok=True)
        for file in map(Path, files):
            goal, part = target / file.name, target / f".{file.name}.part"
            if goal.exists():
                raise InputError("{path} exists already", path=goal, hint="take it away, or leave out --copy")
            made.append(part)
            shutil.copytree(file, part) if file.is_dir() else shutil.copyfile(file, part)
            part.rename(goal)
            made[-1] = goal
    except OSError as error:
        for file in made:
            shutil.rmtree(file) if file.is_dir() else file.unlink(missing_ok=True)
        raise InputError(
            "{path} cannot be copied to {target} ({why})", path=error.filename, target=target, why=error.strerror,
            hint="free some space, or leave out --copy",
        ) from error  # fmt: skip
    return made


def _readable(path: str, name_field: str = "", code_field: str = "") -> str:
    """Return the absolute path of a polygon file that can be read."""
    from landbalance.io.vector import read_polygons

    full = expand_path(path, Path.cwd())
    read_polygons(full, name_field=name_field or None, code_field=code_field or None)
    return full
