"""Make accounts and tokens; know the person behind the command line."""

from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from landbalance.core.errors import AccessError, InputError
from landbalance.registry.accounts.models import OPERATOR, ApiToken, KeptAnswer, User
from landbalance.registry.audit.services import record

ANSWERS_KEPT = timedelta(days=1)


@transaction.atomic
def make_user(username: str, *, email: str = "", password: str | None = None, is_administrator: bool = False) -> User:
    """Make an account; without a password nobody can sign in to it until one is set.

    Raises
    ------
    InputError
        If the name or address is taken, or the password too weak.
    """
    if User.objects.filter(username__iexact=username).exists():
        raise InputError("there is already a user {name}", name=username, hint="choose another name")
    if email and User.objects.filter(email__iexact=email).exists():
        raise InputError("there is already a user with the address {email}", email=email, hint="use that account")
    user = User(username=username, email=email.lower(), is_superuser=is_administrator, is_staff=is_administrator)
    if password is None:
        user.set_unusable_password()
    else:
        _put_password(user, password)
    user.save()
    record(None, "user.made", user.username, is_administrator=is_administrator)
    return user


def operator() -> User:
    """Return the local account of the command line, made on first use; nobody can sign in with it."""
    found = User.objects.filter(username=OPERATOR).first()
    return found or make_user(OPERATOR, is_administrator=True)


def person_with(username: str, key: str) -> User:
    """Return the person a program acts for, by name and token.

    Raises
    ------
    AccessError
        If the token is not theirs, or not valid any more.
    """
    token = token_behind(key)
    if token is None or token.user.username != username:
        raise AccessError(
            "the token does not let {user} in", user=username, hint="make one on the page of your account"
        )
    return token.user


@transaction.atomic
def end_sessions(user: User) -> None:
    """Sign a person out on every device; keys for programs go on working."""
    user.sessions_ended += 1
    user.save()
    record(user, "user.signed_out_everywhere", user.username)


@transaction.atomic
def set_password(user: User, password: str) -> None:
    """Give an account a new password, from the machine itself; its sessions die.

    Raises
    ------
    InputError
        If the password is too weak.
    """
    _put_password(user, password)
    user.save()
    record(None, "user.password_set", user.username)


@transaction.atomic
def make_token(user: User, name: str, scopes: list[str], *, days: int | None = 365) -> tuple[ApiToken, str]:
    """Make a key for a program; it is returned once and not kept.

    Raises
    ------
    InputError
        If a scope is none.
    """
    unknown = [scope for scope in scopes if scope not in ApiToken.SCOPES]
    if unknown or not scopes:
        raise InputError(
            "scope {scope} is none",
            scope=unknown[0] if unknown else "''",
            hint="use {known}",
            known=", ".join(ApiToken.SCOPES),
        )
    key = ApiToken.make_key()
    expires = timezone.now() + timedelta(days=days) if days is not None else None
    token = ApiToken.objects.create(
        user=user, name=name[:80], digest=ApiToken.digest_of(key), scopes=sorted(set(scopes)), expires_at=expires
    )
    record(user, "token.made", token.pk)
    return token, key


def token_behind(key: str) -> ApiToken | None:
    """Return the valid token of a key, or None."""
    token = ApiToken.objects.select_related("user").filter(digest=ApiToken.digest_of(key)).first()
    return token if token is not None and token.is_valid() else None


def kept_answer(user: User, key: str, asked: str) -> tuple[KeptAnswer, bool]:
    """Return what is kept under a key that a person's program made up, and whether it is new; old ones go."""
    KeptAnswer.objects.filter(at__lt=timezone.now() - ANSWERS_KEPT).delete()
    return KeptAnswer.objects.get_or_create(user=user, key=key, defaults={"asked": asked})


def note_use(token: ApiToken) -> None:
    """Note that a token was used just now."""
    token.last_used_at = timezone.now()
    token.save(update_fields=["last_used_at"])


def has_administrator() -> bool:
    """Return whether anybody can sign in as administrator."""
    keepers = User.objects.filter(is_superuser=True, is_active=True).exclude(username=OPERATOR)
    return any(user.has_usable_password() for user in keepers)


def _put_password(user: User, password: str) -> None:
    """Set a password that is strong enough."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InputError("the password is too weak: {why}", why=" ".join(error.messages)) from error
    user.set_password(password)
