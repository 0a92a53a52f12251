"""Settings; what an operator may change is an environment variable, in docs/settings.md."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import embedded
from config.programs import NAMES
from config.secret import read_or_make

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("ZHIYAN_VAR") or BASE_DIR / "var").resolve()


def _flag(name: str) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value not in {"", "0", "1", "false", "true", "no", "yes"}:
        raise ImproperlyConfigured(f"{name}={value!r}: expected 1 or 0")
    return value in {"1", "true", "yes"}


def _number(name: str, default: int, *, least: int = 0, most: int = 10**9) -> int:
    value = os.environ.get(name, "").strip()
    try:
        number = int(value) if value else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={value!r}: expected a whole number") from error
    if not least <= number <= most:
        raise ImproperlyConfigured(f"{name}={value!r}: expected {least} to {most}")
    return number


def _fraction(name: str, default: float) -> float:
    value = os.environ.get(name, "").strip()
    try:
        number = float(value) if value else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={value!r}: expected a number") from error
    if not 0 <= number <= 1:
        raise ImproperlyConfigured(f"{name}={value!r}: expected 0 to 1")
    return number


def _list(name: str, default: str = "") -> list[str]:
    values = os.environ.get(name, "").strip() or default
    return [value.strip() for value in values.split(",") if value.strip()]


def _make_var() -> None:
    """Make the directory; anybody may read the runtimes in it, and what is private is closed."""
    try:
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        read_or_make(VAR_DIR / "secret_key")
    except OSError as error:
        raise ImproperlyConfigured(
            f"{VAR_DIR}: cannot keep the site's files there ({error.strerror}); "
            "make it writable, free some space, or set ZHIYAN_VAR to another directory"
        ) from error


def _database() -> dict[str, Any]:
    """Return the outside database of DATABASE_URL, else an SQLite file under VAR_DIR."""
    url = os.environ.get("DATABASE_URL", "").strip()
    if not url:
        path = VAR_DIR / "zhiyan.sqlite3"
        path.touch(mode=0o600)  # before SQLite makes it for everybody to read
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)}
    try:
        return dict(dj_database_url.parse(url))
    except ValueError as error:
        message = "DATABASE_URL: expected postgresql://user:password@host/name or sqlite:////path"
        raise ImproperlyConfigured(f"{message} ({type(error).__name__})") from error


_make_var()
DEBUG = _flag("ZHIYAN_DEBUG")
SECRET_KEY = os.environ.get("SECRET_KEY") or read_or_make(VAR_DIR / "secret_key")
ALLOWED_HOSTS = _list("ZHIYAN_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = _list("ZHIYAN_ORIGINS")

INSTALLED_APPS = [
    "config",
    "kb",
    "snippets",
    "csp",
    "config.apps.GuardedAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "kb.api.problems.ApiProblems",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kb.middleware.LanguageFromPath",
    "config.maintenance.Maintenance",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kb.context.site",
            ],
        },
    }
]

# SQLite: readers never wait for the writer (WAL), and a transaction that will
# write says so at its start, so that two of them queue instead of failing.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
}
# Connections end with their request: under ASGI each request has a thread of
# its own, and one kept open would never be found again.
DATABASES = {"default": _database()}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"].setdefault("OPTIONS", {}).update(SQLITE_OPTIONS)
# Whole pages, named by the state of their data; each web process keeps its own.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 600},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# An outside Redis by REDIS_URL, else the embedded Valkey's own unix socket.
REDIS_URL = os.environ.get("REDIS_URL") or embedded.redis_url(VAR_DIR)
SANDBOX_SOCKET = os.environ.get("ZHIYAN_SANDBOX") or str(embedded.socket_path(VAR_DIR, "sandbox"))

# What `manage.py up` starts on this machine.
PROGRAMS = _list(
    "ZHIYAN_PROGRAMS",
    ("" if os.environ.get("REDIS_URL") else "valkey,") + "sandbox,worker,verifier,beat,index,web",
)
if unknown := sorted(set(PROGRAMS) - set(NAMES)):
    raise ImproperlyConfigured(
        f"ZHIYAN_PROGRAMS: unknown {unknown[0]!r}; known: {', '.join(NAMES)}"
    )
HOST = os.environ.get("ZHIYAN_HOST", "").strip() or "127.0.0.1"
PORT = _number("ZHIYAN_PORT", 8000, least=1, most=65535)
WEB_PROCESSES = _number("ZHIYAN_WEB_PROCESSES", 1, least=1, most=64)
WORKER_THREADS = _number("ZHIYAN_WORKERS", os.cpu_count() or 2, least=1, most=256)
# Runtimes that are warm from the start; the others once somebody runs something on them.
WARM_RUNTIMES = _list("ZHIYAN_WARM", "torch-2.13")
# Reverse proxies whose word on a reader's address is taken.
PROXIES = os.environ.get("ZHIYAN_PROXIES", "").strip() or "127.0.0.1"

# Which engine searches; auto: PostgreSQL where it has RUM, else tantivy.
SEARCH_ENGINE = os.environ.get("ZHIYAN_SEARCH", "").strip() or "auto"
if SEARCH_ENGINE not in {"auto", "tantivy", "fts5", "postgresql"}:
    raise ImproperlyConfigured(
        f"ZHIYAN_SEARCH={SEARCH_ENGINE!r}: expected auto, tantivy, fts5 or postgresql"
    )
# Whether titles are compared by what they mean; auto: where requirements-semantic.txt is installed.
TITLE_VECTORS = os.environ.get("ZHIYAN_TITLE_VECTORS", "").strip() or "auto"
if TITLE_VECTORS not in {"auto", "off"}:
    raise ImproperlyConfigured(f"ZHIYAN_TITLE_VECTORS={TITLE_VECTORS!r}: expected auto or off")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
# The second: what django-allauth says in half English; before its own catalogue.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "allauth"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("ZHIYAN_TIME_ZONE", "UTC")

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.static_files.AceFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
# Accounts: a name and a password; a mail address where mail can be sent, to come back in.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}Validator"}
    for name in ("UserAttributeSimilarity", "MinimumLength", "CommonPassword", "NumericPassword")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USERNAME_MIN_LENGTH = 2
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Zhiyan"
# Without a mail server, mail is printed into the log of the web program.
SMTP = urlsplit(os.environ.get("ZHIYAN_SMTP", "").strip())
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if SMTP.hostname else 'console'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = SMTP.hostname or "localhost", SMTP.port or 587
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(SMTP.username or ""), unquote(SMTP.password or "")
EMAIL_USE_TLS = SMTP.scheme == "smtp" and bool(SMTP.username)
EMAIL_USE_SSL = SMTP.scheme == "smtps"
DEFAULT_FROM_EMAIL = os.environ.get("ZHIYAN_MAIL_FROM", "").strip() or "zhiyan@localhost"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
HTTPS = _flag("ZHIYAN_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0

# A run costs the machine, so strangers get fewer and smaller ones.
RUNS_PER_MINUTE_ANONYMOUS = _number("ZHIYAN_RUNS_PER_MINUTE", 20)
# Generous: a program that reads the whole site waits now and then, no other does.
API_READS_PER_MINUTE = _number("ZHIYAN_API_READS_PER_MINUTE", 600)
# Webhooks call the public Internet alone, unless the receivers are in the house.
WEBHOOKS_PRIVATE = _flag("ZHIYAN_WEBHOOKS_PRIVATE")
# How far a printed number may be from the one its author claims.
CLAIM_RELATIVE_TOLERANCE = _fraction("ZHIYAN_CLAIM_RELATIVE", 1e-5)
CLAIM_ABSOLUTE_TOLERANCE = _fraction("ZHIYAN_CLAIM_ABSOLUTE", 1e-8)
# A batch of checks in which more of the greens than this turn red stops and asks, for then the
# fault is likelier ours than theirs.
BATCH_RED_SHARE = _fraction("ZHIYAN_BATCH_RED_SHARE", 0.2)
RUN_CODE_BYTES = 64 * 1024
# A file that curators upload to be imported; a zip file may unpack to ten times as much.
IMPORT_BYTES = _number("ZHIYAN_IMPORT_MB", 200, least=1, most=2000) * 1024 * 1024
RUN_KEPT_DAYS = _number("ZHIYAN_RUN_KEPT_DAYS", 30)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("ZHIYAN_LOG_LEVEL", "INFO")},
}
