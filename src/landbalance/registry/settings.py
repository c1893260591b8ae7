"""Django's settings, made from the `landbalance.toml` of the installation that LANDBALANCE_HOME names."""

import os
import secrets
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from landbalance.io.installation_file import (
    HOME_VARIABLE,
    Database,
    Installation,
    InstallationTable,
    MailTable,
    read_installation,
)
from landbalance.registry import sqlite

sqlite.prefer_wheel()
PACKAGE = Path(__file__).resolve().parent.parent


def _installation() -> Installation:
    """Return the installation that is meant; without one, an empty one in memory (for type checks and tools)."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return read_installation(Path(home))
    here = Path.cwd()
    return Installation(here, InstallationTable(), MailTable(), Database(path=":memory:"), secrets.token_urlsafe(48))


def _database(database: Database) -> dict[str, Any]:
    """Return Django's entry for a database."""
    if database.is_file:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": database.path, "OPTIONS": sqlite.options()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database.name,
        "USER": database.user,
        "PASSWORD": database.password,
        "HOST": database.host,
        "PORT": database.port,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


INSTALLATION = _installation()
SECRET_KEY = INSTALLATION.secret
DEBUG = False
ALLOWED_HOSTS = list(INSTALLATION.table.hosts)
DATABASES = {"default": _database(INSTALLATION.database)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

REGISTRY_APPS = [
    "landbalance.registry.accounts",
    "landbalance.registry.workspaces",
    "landbalance.registry.audit",
    "landbalance.registry.drafts",
    "landbalance.registry.comments",
    "landbalance.registry.finance",
    "landbalance.registry.consents",
    "landbalance.registry.countries",
    "landbalance.registry.practices",
    "landbalance.registry.evidence",
    "landbalance.registry.targets",
    "landbalance.registry.actions",
    "landbalance.registry.runs",
    "landbalance.registry.jobs",
    "landbalance.registry.layers",
    "landbalance.registry.recodes",
    "landbalance.registry.scenarios",
    "landbalance.registry.drought",
    "landbalance.registry.star",
    "landbalance.registry.projects",
]
WEB_APPS = [
    "landbalance.web.site",
    "landbalance.web.home",
    "landbalance.web.people",
    "landbalance.web.api",
    "landbalance.web.practices",
    "landbalance.web.consents",
    "landbalance.web.evidence",
    "landbalance.web.records",
    "landbalance.web.targets",
    "landbalance.web.finance",
    "landbalance.web.star",
    "landbalance.web.runs",
    "landbalance.web.jobs",
    "landbalance.web.maps",
    "landbalance.web.layers",
    "landbalance.web.packs",
    "landbalance.web.recodes",
    "landbalance.web.balance",
    "landbalance.web.projects",
    "landbalance.web.drought",
    "landbalance.web.rangeland",
    "landbalance.web.audit",
]
INSTALLED_APPS = [
    *WEB_APPS,  # before the others, so that their templates are found first
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "simple_history",
    "csp",
    *REGISTRY_APPS,
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "landbalance.web.limits.Limits",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "landbalance.web.gate.ErrorsAsPages",
    "landbalance.web.people.second_factor.SecondFactor",
]
ROOT_URLCONF = "landbalance.web.urls"
WSGI_APPLICATION = "landbalance.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "landbalance.web.site.context.page",
            ],
            "builtins": ["landbalance.web.site.templatetags.numbers"],
        },
    }
]
AUTHENTICATION_BACKENDS = ["landbalance.web.people.backend.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "landbalance.web.people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key,20/5m/ip"}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ALLAUTH_TRUSTED_PROXY_COUNT = INSTALLATION.table.proxies
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = INSTALLATION.table.title

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("fr", "Français"),
    ("es", "Español"),
    ("ar", "العربية"),
    ("ru", "Русский"),
    ("zh-hans", "中文"),
]
LOCALE_PATHS = [str(PACKAGE / "locale")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
BUILT = PACKAGE / "web" / "built"  # made by the build from npm; without it pages are plain
STATICFILES_DIRS = [("built", str(BUILT))] if BUILT.is_dir() else []
STATIC_ROOT = str(INSTALLATION.path / ".static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "landbalance.web.site.storage.Assets"},
}
WHITENOISE_USE_FINDERS = not Path(STATIC_ROOT).is_dir()
MEDIA_ROOT = str(INSTALLATION.path / "files")
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 << 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

IS_HTTPS = INSTALLATION.table.https
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthy/$"]  # watchdogs ask from this machine
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "landbalance"
CSRF_FAILURE_VIEW = "landbalance.web.site.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF, "blob:"],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if INSTALLATION.mail.host
    else "django.core.mail.backends.dummy.EmailBackend"
)
EMAIL_HOST, EMAIL_PORT, EMAIL_USE_TLS = INSTALLATION.mail.host, INSTALLATION.mail.port, INSTALLATION.mail.tls
EMAIL_HOST_USER = INSTALLATION.mail.user
EMAIL_HOST_PASSWORD = (
    Path(INSTALLATION.mail.password_file).read_text(encoding="utf-8").strip() if INSTALLATION.mail.password_file else ""
)
DEFAULT_FROM_EMAIL = INSTALLATION.mail.sender or "landbalance@localhost"

SIMPLE_HISTORY_REVERT_DISABLED = True
SIMPLE_HISTORY_HISTORY_ID_USE_UUID = False
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}},
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "landbalance.registry.logs.OneLine", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"landbalance": {"level": "INFO"}},
}
