"""Records in templates: their kind, the moves open to the reader, values and changes in words."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from landbalance.core.errors import LandbalanceError
from landbalance.registry import sharing
from landbalance.registry.access import may
from landbalance.registry.comments.queries import Thread, commented_fields, open_counts, threads_of
from landbalance.registry.comments.services import may_settle
from landbalance.registry.records import AGREED, State, WorkspaceRecord
from landbalance.registry.review import possible_moves, version_of
from landbalance.web.site.templatetags.numbers import UNKNOWN, day, moment, number

register = template.Library()
MOVE_WORDS = {
    (State.DRAFT, State.REVIEW): pgettext_lazy("button", "Send to review"),
    (State.REVIEW, State.DRAFT): pgettext_lazy("button", "Send back"),
    (State.REVIEW, State.APPROVED): pgettext_lazy("button", "Approve"),
    (State.APPROVED, State.DRAFT): pgettext_lazy("button", "Open again"),
    (State.APPROVED, State.SUBMITTED): pgettext_lazy("button", "Submit"),
}


@register.filter
def kind(record: WorkspaceRecord) -> str:
    """Return the name of a record's kind in addresses."""
    return str(record._meta.model_name)


@register.filter
def kind_word(record: WorkspaceRecord) -> str:
    """Return the name of a record's kind in the reader's language."""
    return str(record._meta.verbose_name)


@register.simple_tag(takes_context=True)
def moves_of(context: Any, record: WorkspaceRecord) -> list[tuple[str, Any, bool]]:
    """Return the review moves open to the reader: state, label, whether a reason is asked for."""
    found = possible_moves(context["request"].user, record)
    return [(to, MOVE_WORDS[State(record.state), State(to)], to == State.DRAFT) for to in found]


@register.simple_tag(takes_context=True)
def may_edit(context: Any, record: WorkspaceRecord) -> bool:
    """Return whether the reader may change a record as it stands."""
    is_open = record.state not in AGREED and getattr(record, "is_editable", True)
    return is_open and may(context["request"].user, record.edit_act, record.workspace)


@register.simple_tag(takes_context=True)
def may_share(context: Any, record: WorkspaceRecord) -> bool:
    """Return whether the reader chooses who sees a record."""
    return sharing.may_share(context["request"].user, record)


@register.simple_tag
def value(record: WorkspaceRecord, field: Any, held: Any) -> Any:
    """Return a value of a field in words."""
    words = getattr(record, "words_of", None)
    return said(held) if words is None else words(field.name, held) or said(held)


@register.simple_tag(takes_context=True)
def threads(context: Any, record: WorkspaceRecord) -> tuple[Thread, ...]:
    """Return what was said about a record, as far as the reader may comment; read once a page."""
    kept = context["request"].__dict__.setdefault("_threads", {})
    if record.pk not in kept:
        kept[record.pk] = threads_of(context["request"].user, record)
    found: tuple[Thread, ...] = kept[record.pk]
    return found


@register.simple_tag(takes_context=True)
def threads_at(context: Any, record: WorkspaceRecord, *, field: str = "", version: int = 0) -> list[Thread]:
    """Return the open comments on a field of a record, or all that were made on a version."""
    found = threads(context, record)
    if version:
        return [each for each in found if each.comment.version == version]
    return [each for each in found if each.comment.field == field and each.comment.is_open]


@register.simple_tag(takes_context=True)
def open_comments(context: Any, record: WorkspaceRecord) -> int:
    """Return how many comments on a record are open; counted once a page, for all of its records."""
    kept = context["request"].__dict__
    if "_open_comments" not in kept:
        kept["_open_comments"] = open_counts(context["request"].user, record.workspace)
    return int(kept["_open_comments"].get(record.pk, 0))


@register.simple_tag(takes_context=True)
def settles(context: Any, record: WorkspaceRecord, thread: Thread) -> bool:
    """Return whether the reader has a say in whether a comment is settled."""
    return may_settle(context["request"].user, record, thread.comment)


@register.simple_tag
def fields_of(record: WorkspaceRecord) -> list[tuple[str, Any]]:
    """Return the fields of a record that can be commented on: name, label."""
    return [*commented_fields(record).items()]


@register.simple_tag
def about(record: WorkspaceRecord, thread: Thread) -> dict[str, Any]:
    """Return what a comment is about: the label of the field, its value then and now."""
    name = thread.comment.field
    label = commented_fields(record).get(name, name)
    if not name or name == "shape_digest" or name not in commented_fields(record):
        return {"label": label}
    field: Any = record._meta.get_field(name)
    now = value(record, field, field.value_from_object(record))
    try:
        old = value(record, field, getattr(version_of(record, thread.comment.version), field.attname))
    except LandbalanceError:
        old = now
    return {"label": label, "now": now, "then": old if old != now else ""}


@register.simple_tag
def change(record: WorkspaceRecord, name: str, old: Any, new: Any) -> str:
    """Return a change of a field in a sentence."""
    field = record._meta.get_field(name)
    label = getattr(field, "verbose_name", name)
    if name == "shape_digest":
        return str(label) + ": " + _("changed")
    texts = {"field": label, "old": value(record, field, old), "new": value(record, field, new)}
    return _("%(field)s: %(old)s → %(new)s") % texts


def said(held: Any) -> str:
    """Return a value as people read it."""
    if held in (None, "", [], {}):
        return UNKNOWN
    if isinstance(held, bool):
        return _("yes") if held else _("no")
    if isinstance(held, datetime):
        return str(moment(held))
    if isinstance(held, date):
        return day(held)
    if isinstance(held, float):
        return number(held, 0 if held.is_integer() else 2)
    if isinstance(held, list | tuple):
        return ", ".join(said(each) for each in held)
    if isinstance(held, dict):
        return " ".join(said(each) for each in held.values())
    return str(held)
