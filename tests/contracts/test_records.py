"""What holds for every model and page of the platform, read from the code itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

SOURCE = Path(__file__).resolve().parents[2] / "src" / "landbalance"
THEIRS = ("accounts/", "administration/")  # allauth's and Django's own pages, which ask for themselves


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in resolver.url_patterns:
        place = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from patterns(each, place)
        else:
            yield place, each


OURS = [(place, each) for place, each in patterns(get_resolver()) if not place.startswith((*THEIRS, "api/"))]


@pytest.mark.parametrize(("place", "pattern"), OURS, ids=[place or "/" for place, _ in OURS])
def test_every_page_says_who_may_see_it(place: str, pattern: URLPattern) -> None:
    assert getattr(pattern.callback, "policy", None), f"{place} has no @page, @open_page or @personal_page"


@pytest.mark.parametrize(("place", "pattern"), OURS, ids=[place or "/" for place, _ in OURS])
def test_every_page_of_a_workspace_has_an_act(place: str, pattern: URLPattern) -> None:
    is_of_workspace = "<slug:workspace>" in place

    assert is_of_workspace == ("." in pattern.callback.policy[0])


@pytest.mark.parametrize("path", sorted((SOURCE / "web").rglob("views.py")), ids=lambda path: path.parent.name)
def test_no_page_reads_records_past_the_gate(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "objects"]

    assert [f"line {node.lineno}" for node in named] == []


@pytest.mark.parametrize("path", sorted((SOURCE / "registry").rglob("*.py")), ids=str)
def test_no_use_case_changes_rows_past_their_history(path: Path) -> None:
    if "migrations" in path.parts:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    updates = [call for call in calls if isinstance(call, ast.Attribute) and call.attr in ("update", "bulk_update")]
    of_queries = [call for call in updates if "objects" in ast.dump(call.value) or "filter" in ast.dump(call.value)]

    assert [f"line {call.lineno}" for call in of_queries] == []


@pytest.mark.django_db
def test_no_change_of_a_model_lacks_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)  # ends with an error where one is missing
