"""A project as text and as plain values: read, checked and written by one rule for files, forms and programs."""

from typing import Any

import tomlkit

from landbalance.io.project_file import ProjectFile, project_of
from landbalance.io.workspace_file import check_form, parse_form


def parse_project(text: str, name: str) -> ProjectFile:
    """Return the form of a project from the text of its file; `name` is what the file is called in messages.

    Raises
    ------
    InputError
        If it is no TOML, a key or value does not fit, or the computations refuse it.
    """
    form = parse_form(text, ProjectFile, name)
    project_of(form, name=name)
    return form


def check_project(tree: object, name: str) -> ProjectFile:
    """Return the form of a project from its tables and values.

    Raises
    ------
    InputError
        If a key or value does not fit, or the computations refuse it.
    """
    form = check_form(tree, ProjectFile, name)
    project_of(form, name=name)
    return form


def project_tree(form: ProjectFile, *, with_defaults: bool = False) -> dict[str, Any]:
    """Return a project as tables and values that JSON and TOML can hold; what is not said is left out."""
    return form.model_dump(mode="json", exclude_none=True, exclude_defaults=not with_defaults)


def project_toml(form: ProjectFile) -> str:
    """Return the file of a project; reading it gives the same project."""
    return str(tomlkit.dumps(project_tree(form)))
