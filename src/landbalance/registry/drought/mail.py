"""Readers of bulletins: asking, confirming, leaving, and the mail. No address goes into a log or the chain of acts."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import orjson
from django.conf import settings
from django.core import mail, signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from landbalance.core.errors import InputError, NotFoundError, RuleError, SourceError
from landbalance.core.progress import Progress
from landbalance.io.language import tongue
from landbalance.registry.audit.services import record
from landbalance.registry.drought.models import Delivery, DroughtCall, Subscription
from landbalance.registry.drought.queries import bulletins_of, readers_of
from landbalance.registry.workspaces.models import Workspace
from landbalance.reporting.drought_words import PHASE_NAMES

log = logging.getLogger(__name__)
SALT = "landbalance.drought.readers"
NO_MAIL = "django.core.mail.backends.dummy.EmailBackend"
CONFIRM_DAYS = 14
AGAIN_MINUTES = 10
MOST_UNCONFIRMED = 500  # asked for within a day, in one workspace
CODES = {"NO_CALL": -1, "NORMAL": 0, "WATCH": 1, "WARNING": 2, "ALERT": 3, "EMERGENCY": 4, "RECOVERY": 5}


def sends_mail() -> bool:
    """Return whether this installation can send mail."""
    return bool(settings.EMAIL_BACKEND != NO_MAIL)


def key_of(reader: Subscription) -> str:
    """Return the key a reader confirms and leaves with; it stands in mail alone and names no person."""
    return signing.dumps(reader.pk, salt=SALT)


def find_reader(key: str, *, days: int | None = None) -> Subscription:
    """Return the reader of a key.

    Raises
    ------
    NotFoundError
        If there is none, or the key is too old.
    """
    try:
        pk = signing.loads(key, salt=SALT, max_age=timedelta(days=days) if days else None)
        return Subscription.objects.select_related("workspace").get(pk=pk)
    except (signing.BadSignature, Subscription.DoesNotExist, ValueError, TypeError) as error:
        raise NotFoundError("this link leads nowhere", hint="ask for the bulletins again") from error


def subscribe(workspace: Workspace, email: str, *, language: str, site: str) -> None:
    """Send a person the link that confirms they want the bulletins; what is answered says nothing of who reads.

    Raises
    ------
    InputError
        If the address is none.
    RuleError
        If this installation sends no mail, or is asked too often.
    SourceError
        If the mail server does not take the mail.
    """
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise InputError("this is no e-mail address", hint="write it as name@example.org") from error
    if not sends_mail():
        raise RuleError("this installation sends no mail", hint="use the feed, or ask its keeper to set up mail")
    reader = _asked(workspace, address, language)
    if reader is None:
        return
    link = site.rstrip("/") + reverse("drought:confirm", args=[key_of(reader)])
    with translation.override(language):
        words = {"place": workspace.title, "link": link, "days": CONFIRM_DAYS}
        subject = gettext("Confirm: drought bulletins of %(place)s") % words
        text = gettext(
            "Somebody, most likely you, asked for the drought bulletins of %(place)s at this address.\n\n"
            "To receive them, open this link within %(days)s days:\n%(link)s\n\n"
            "If it was not you, do nothing: no more mail will come.\n"
        )
        _send(mail.EmailMessage(subject, text % words, to=[address]))


@transaction.atomic
def confirm(key: str) -> Subscription:
    """Let the bulletins go to a reader from now on.

    Raises
    ------
    NotFoundError
        If the key is none, too old, or its reader has left.
    """
    reader = find_reader(key, days=CONFIRM_DAYS)
    if reader.ended_at is not None:
        raise NotFoundError("this link leads nowhere", hint="ask for the bulletins again")
    if reader.confirmed_at is None:
        reader.confirmed_at = timezone.now()
        reader.save()
        record(None, "drought.reader_confirmed", reader.pk, workspace=reader.workspace)
    return reader


@transaction.atomic
def leave(key: str) -> Subscription:
    """End the bulletins of a reader, and forget the address.

    Raises
    ------
    NotFoundError
        If the key is none.
    """
    reader = find_reader(key)
    if reader.ended_at is None:
        reader.ended_at, reader.email = timezone.now(), ""
        reader.save()
        record(None, "drought.reader_left", reader.pk, workspace=reader.workspace)
    return reader


def send_bulletins(task: Mapping[str, Any], told: Progress) -> dict[str, Any]:
    """Send a call to every reader who has not had it; what a worker does.

    Options: "call" (its key), "site" (address of the installation).

    Raises
    ------
    NotFoundError
        If there is no such call.
    SourceError
        If the mail server does not answer; what was sent is not sent again.
    """
    options = task["options"]
    call = DroughtCall._base_manager.select_related("workspace").filter(pk=options["call"], deleted_at=None).first()
    if call is None or call.issued_at is None:
        raise NotFoundError("there is no issued call {call}", call=options["call"], hint="issue it first")
    if not sends_mail():
        return {"sent": 0, "refused": 0, "is_off": True}
    had = Delivery.objects.filter(call=call).values_list("subscription", flat=True)
    waiting = list(readers_of(call.workspace).exclude(pk__in=had))
    told.start(len(waiting), "mail")
    sent = refused = 0
    connection = mail.get_connection()
    try:
        for reader in waiting:
            message = bulletin_mail(call, reader, site=options["site"])
            message.connection = connection  # stays open from one mail to the next
            if _send(message):
                sent += 1
            else:
                refused += 1
                log.warning("the mail server refused the address of reader %s", reader.pk)
            Delivery.objects.create(call=call, subscription=reader)
            told.advance(1)
    finally:
        connection.close()
    told.finish()
    return {"sent": sent, "refused": refused, "is_off": False}


def bulletin_mail(call: DroughtCall, reader: Subscription, *, site: str) -> mail.EmailMessage:
    """Return the mail of a call in the language of a reader."""
    code = reader.language.split("-")[0]
    say, home = tongue(code).translate, site.rstrip("/")
    leave_link = home + reverse("drought:leave", args=[key_of(reader)])
    listed = "\n".join(
        f"- {each['district']}: {say(PHASE_NAMES[CODES[each['phase']]])}" for each in call.known["districts"]
    )
    with translation.override(reader.language):
        words = {
            "place": call.workspace.title,
            "month": call.month,
            "districts": listed,
            "sentence": _sentence(call, code),
            "note": f"\n{call.note}\n" if call.note else "",
            "invented": gettext("Invented country: every number here is made up.")
            if call.workspace.is_invented
            else "",
            "link": home + reverse("drought:bulletin", args=[call.workspace.slug, call.code]),
            "leave": leave_link,
        }
        subject = gettext("Drought bulletin of %(place)s, %(month)s") % words
        text = gettext(
            "%(sentence)s\n%(invented)s\n%(note)s\n%(districts)s\n\n"
            "The bulletin: %(link)s\n\n"
            "To receive no more of these: %(leave)s\n"
        )
    headers = {"List-Unsubscribe": f"<{leave_link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return mail.EmailMessage(subject, text % words, to=[reader.email], headers=headers)


@transaction.atomic
def _asked(workspace: Workspace, address: str, language: str) -> Subscription | None:
    """Return the row of an address that is to get the link; None where it reads already, or just got it."""
    now = timezone.now()
    old = Subscription.objects.filter(workspace=workspace, confirmed_at=None, ended_at=None)
    old.filter(asked_at__lt=now - timedelta(days=CONFIRM_DAYS)).delete()
    reader = Subscription.objects.select_for_update().filter(workspace=workspace, email=address).first()
    if reader is None:
        if old.filter(asked_at__gt=now - timedelta(days=1)).count() >= MOST_UNCONFIRMED:
            raise RuleError("too many have asked for these bulletins today", hint="try again tomorrow")
        reader = Subscription(workspace=workspace, email=address, asked_at=now)
    is_early = reader.mailed_at is not None and reader.mailed_at > now - timedelta(minutes=AGAIN_MINUTES)
    if reader.confirmed_at is not None or is_early:
        return None
    reader.language, reader.mailed_at = language, now
    reader.save()
    record(None, "drought.reader_asked", reader.pk, workspace=workspace)
    return reader


def _sentence(call: DroughtCall, language: str) -> str:
    """Return what the bulletin says in one sentence; empty where it is not kept."""
    path = bulletins_of(call).get(language)
    data = path.with_suffix(".json") if path else None
    return str(orjson.loads(data.read_bytes())["sentence"]) if data and data.is_file() else ""


def _send(message: mail.EmailMessage) -> bool:
    """Send a mail; return False where its address is refused.

    Raises
    ------
    SourceError
        If the mail server does not answer.
    """
    try:
        if message.connection is not None:
            message.connection.open()
        message.send()
    except SMTPRecipientsRefused:
        return False
    except OSError as error:
        raise SourceError(
            "the mail server does not take mail ({why})",
            why=type(error).__name__,
            hint="try again later",
            retryable=True,
        ) from error
    return True
