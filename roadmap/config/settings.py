"""How Django starts here: the only reader of environment variables.

There is no insecure default. A missing or malformed variable stops the process with one
sentence that names it; README lists them all.
"""

from __future__ import annotations

import hashlib
import sys
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from celery.platforms import SecurityWarning
from csp.constants import NONE, SELF
from django.core.mail.message import sanitize_address
from environs import Env, EnvError

from roadmap.config.addresses import is_issuer

BASE_DIR = Path(__file__).resolve().parents[2]
env = Env()
if (BASE_DIR / ".env").exists():
    env.read_env(str(BASE_DIR / ".env"), recurse=False)


def stop(sentence: str) -> None:
    """End the process with a sentence instead of a traceback."""
    sys.stderr.write(f"Peta Jalan cannot start: {sentence}\n")
    raise SystemExit(1)


def build_stamp() -> str:
    """Name this version of code, templates and looks: no page outlives its release in a cache."""
    folders = ("committee", "umkm", "roadmap", "templates", "static", "locale")
    files = sorted(path for name in folders for path in (BASE_DIR / name).rglob("*.*"))
    marks = [(str(p), p.stat().st_mtime_ns) for p in files if "__pycache__" not in p.parts]
    return hashlib.sha256(repr(marks).encode()).hexdigest()[:12]


OIDC_NAMES = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME")
NEEDED = ("SECRET_KEY", "DATABASE_URL", "SITE_URL", "ALLOWED_HOSTS", "MAIL_FROM", "DATA_DIR")
for name in NEEDED:
    if not env.str(name, "").strip():
        stop(f"{name} is not set; README says what it means.")

try:
    SECRET_KEY: str = env.str("SECRET_KEY")
    SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [], subcast=str.strip)
    SITE_URL: str = env.str("SITE_URL").rstrip("/")
    DATA_DIR = Path(env.str("DATA_DIR")).resolve()
    MAIL_FROM: str = env.str("MAIL_FROM")
    REDIS_URL: str = env.str("REDIS_URL", "")
    EMAIL_URL: str = env.str("EMAIL_URL", "")
    PROXIES: int = env.int("PROXIES", 0)
    PORT: int = env.int("PORT", 8000)
    DEBUG: bool = env.bool("DEBUG", False)
    ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS")
    PUBLIC_SITE: bool | None = env.bool("PUBLIC_SITE") if env.str("PUBLIC_SITE", "") else None
    OIDC: dict[str, str] = {name: env.str(name, "").strip() for name in OIDC_NAMES}
    DATABASES: dict[str, dict[str, Any]] = {"default": env.dj_db_url("DATABASE_URL")}
    EMAIL: dict[str, Any] = env.dj_email_url("EMAIL_URL") if EMAIL_URL else {}
except (EnvError, ValueError) as error:
    stop(str(error))

if min(map(len, (SECRET_KEY, *SECRET_KEY_FALLBACKS))) < 50:
    stop("SECRET_KEY, and each of SECRET_KEY_FALLBACKS, needs at least 50 random characters.")
if urlsplit(SITE_URL).scheme not in ("http", "https") or not urlsplit(SITE_URL).hostname:
    stop("SITE_URL must be the address people use, such as https://roadmap.example.")
if not (SITE_URL.isascii() and SITE_URL.isprintable()) or set(SITE_URL) & set(' <>"'):
    # It stands in the headers of every letter.
    stop("SITE_URL must be written in plain letters; an international name begins with xn--.")
try:
    sanitize_address(MAIL_FROM, "utf-8")
except ValueError:
    stop('MAIL_FROM must be one address; a name with a comma or a dot stands in "quotes".')
if PROXIES < 0:
    stop("PROXIES must be the number of trusted proxies in front, 0 or more.")
if EMAIL_URL and not EMAIL.get("EMAIL_HOST"):
    stop("EMAIL_URL must name a mail server, such as smtp://user:password@host:587/?tls=True.")
missing = [name for name in OIDC_NAMES if not OIDC[name]]
if 0 < len(missing) < len(OIDC_NAMES):
    stop(f"{missing[0]} is not set; single sign-on needs all of {', '.join(OIDC_NAMES)}, or none.")
if missing:
    OIDC = {}
elif not is_issuer(OIDC["OIDC_ISSUER"]):
    stop("OIDC_ISSUER must be the provider's own https address, without query or fragment.")

SECURE = SITE_URL.startswith("https://")
BUILD = build_stamp()

# Domain: the thresholds are told on the pages that use them.
SILENT_AFTER_DAYS = 30
DUE_SOON_DAYS = 7
EVIDENCE_MAX_BYTES = 20 * 1024 * 1024
EVIDENCE_MOST_A_DAY = 100, 500 * 1024 * 1024  # files and bytes, of one person
EVIDENCE_ROOT, PACK_ROOT = DATA_DIR / "evidence", DATA_DIR / "packs"
MAIL_ROOT = DATA_DIR / "mail"

INSTALLED_APPS = [
    "roadmap",
    "umkm",
    "committee",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "template_partials.apps.SimpleAppConfig",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",  # always, so that every site has the same tables and addresses
    "allauth.usersessions",
    "csp",
]
AUTH_USER_MODEL = "committee.Member"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "roadmap.config.urls"
WSGI_APPLICATION = "roadmap.config.wsgi.application"

MIDDLEWARE = [
    "committee.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",  # above what answers by itself, so that files carry it too
    "committee.middleware.BrowserPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads at random, so lengths tell no secret
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "committee.past.AsOfMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "committee.sessions.TimeOut",
    "committee.middleware.MemberMiddleware",
    "committee.middleware.BodyLimitMiddleware",  # before anything reads a form
    "committee.middleware.LoginWall",
    "committee.second_factor.Gate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "django_htmx.templatetags.django_htmx",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "roadmap.templatetags.roadmap",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "committee.http.page_context",
            ],
        },
    }
]

# Database: see README, "The database is the queue".
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        ),
    }
else:
    DATABASES["default"] |= {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # Compiling a query to machine code costs more than any of ours takes.
            "options": "-c statement_timeout=60000 -c lock_timeout=2000 -c jit=off"
            " -c idle_in_transaction_session_timeout=10000"
        },
    }
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Counters of tries live here: Django's 300 rows would let a stranger push them out.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Limits on tries: rows of the cache, so every process counts together and none forgets. Whoever
# is asked for a password in vain is counted by account and by address; the address is what the
# outermost proxy of ours saw, and no header a client may write.
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,100/h/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "5/m/user",
    "upload": "20/m/user",
    "admin": "60/m/user",
}
SOCIALACCOUNT_ADAPTER = "committee.single_sign_on.SingleSignOnAdapter"

# Language and time
LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Jakarta"
USE_I18N = True
USE_TZ = True

# Sign-in
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "roadmap:start-page"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "committee.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
# An invitation lasts a week; committee.tokens ends a forgotten password's link after an hour.
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "committee.tokens.LinkTokens"  # noqa: S105
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "committee.passwords.OwnWordsValidator"},
]

# Second factor and sessions
SECOND_FACTOR_GRACE_DAYS = 14
SESSION_IDLE_SECONDS = 60 * 60
SESSION_COOKIE_AGE = 12 * 60 * 60  # of the whole session, however busy
FRESH_SIGN_IN_SECONDS = ACCOUNT_REAUTHENTICATION_TIMEOUT = 30 * 60
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ADAPTER = "committee.second_factor.FactorAdapter"
MFA_TOTP_ISSUER = "Peta Jalan"
# A used code is remembered for 30 seconds: one that opened longer could be used twice.
MFA_TOTP_TOLERANCE = 0
# Without https a browser hands out passkeys on its own machine alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE

# Security: cookies and HSTS follow SITE_URL.
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "committee.views.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The redirect to https and the preload list belong to the owner of the proxy in front.
SILENCED_SYSTEM_CHECKS = ["security.W008", "security.W021"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
# What Django and django-csp have no setting for: no page needs a sensor, nobody embeds a file.
BROWSER_POLICIES = {
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Mail leaves through committee/transport.py; Django's own backends send nothing.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
EMAIL_HOST = EMAIL.get("EMAIL_HOST") or ""
EMAIL_PORT = EMAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = EMAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 60
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM

# Celery: only the alarm clock. No task carries a payload, so a lost one costs one tick.
warnings.filterwarnings("ignore", category=SecurityWarning)
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost//"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_POOL_ACQUIRE_TIMEOUT = 5
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
if REDIS_URL:
    CELERY_WORKER_DISABLE_PREFETCH = True
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "visibility_timeout": 3600,
        "health_check_interval": 25,
        "socket_timeout": 30,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "global_keyprefix": "roadmap:",
    }
else:
    BROKER_DIR = DATA_DIR / "broker"
    for folder in ("messages", "control"):
        (BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.1,
        "store_processed": False,
    }
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    name: {"task": f"roadmap.tasks.{name}", "schedule": 5.0, "options": {"expires": 15}}
    for name in ("plan", "drain", "work")
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "committee.logs.JsonLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"committee.events": {"level": "INFO"}},
}
