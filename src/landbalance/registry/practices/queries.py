"""Find practices: those of the field's catalogue and those of a country."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from landbalance.core.codelists import CodeItem, code_list
from landbalance.registry.codes import label
from landbalance.registry.practices.models import Practice
from landbalance.registry.records import RecordQuerySet
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor

CATALOGUE = ("slm_groups", "slm_measures", "agroforestry_types", "degradation_types")


@dataclass(frozen=True)
class Entry:
    """One entry of the catalogue, with its word in the reader's language."""

    list_id: str
    code: str
    label: str
    kind: str


def catalogue(text: str = "", list_id: str = "") -> list[Entry]:
    """Return the entries of the catalogue whose code or word has the text; all of them without one."""
    wanted = text.strip().casefold()
    found = []
    for name in CATALOGUE if not list_id else (list_id,):
        entries = (_entry(name, item) for item in code_list(name).items)
        found += [each for each in entries if wanted in f"{each.code} {each.label}".casefold()]
    return found


def practices_of(actor: "Actor", workspace: Workspace, text: str = "", **codes: str) -> RecordQuerySet:
    """Return the practices of a country that a person sees, by words and by codes of their lists."""
    found: Any = Practice.objects.for_user(actor).in_workspace(workspace).select_related("workspace")
    for word in text.split():
        found = found.filter(Q(name__icontains=word) | Q(description__icontains=word) | Q(code__icontains=word))
    for field, code in codes.items():
        if code:  # SQLite has no lookup into JSON lists; the quotes keep A1 from matching A11
            found = found.filter(**{f"{field}__icontains": f'"{code}"'})
    return found  # type: ignore[no-any-return]


def _entry(list_id: str, item: CodeItem) -> Entry:
    """Return an entry in the reader's language."""
    return Entry(list_id, item.code, str(label(list_id, item.code)), str(item.column("kind", "")))
