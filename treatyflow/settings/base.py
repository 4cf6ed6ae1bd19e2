"""What holds everywhere; each environment adds where its data, its queue and its mail are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from treatyflow.schedule import BEAT_SCHEDULE
from treatyflow.settings import environment

BASE_DIR = Path(__file__).resolve().parent.parent.parent

# --- TreatyFlow's own -----------------------------------------------------------------------------

# Sign-in cards, the mailbox page and the exercise treaty exist in the embedded run alone.
TREATYFLOW_EMBEDDED = False
TREATYFLOW_DEMO = False
# Where the embedded database, the broker's file and the schedule lie.
TREATYFLOW_DATA = Path(environment.text("TREATYFLOW_DATA", str(BASE_DIR / "var"))).absolute()
# Where files that belong to acts lie, by their digests; outside the web root.
TREATYFLOW_DOCUMENTS = Path(
    environment.text("TREATYFLOW_DOCUMENTS", str(TREATYFLOW_DATA / "documents"))
).absolute()
# The largest file that is taken, in megabytes of 1024 × 1024 bytes.
TREATYFLOW_DOCUMENT_MEGABYTES = environment.whole_number(
    "TREATYFLOW_DOCUMENT_MEGABYTES", 20, least=1, most=500
)
PORT = environment.whole_number("PORT", 8000, least=1, most=65535)
# What links in mails begin with, and the domain of Message-IDs.
TREATYFLOW_BASE_URL = environment.address("TREATYFLOW_BASE_URL", f"http://127.0.0.1:{PORT}")
TREATYFLOW_HOST = environment.text("TREATYFLOW_HOST", environment.host_of(TREATYFLOW_BASE_URL))
TREATYFLOW_FROM = environment.text("TREATYFLOW_FROM", f"TreatyFlow <alerts@{TREATYFLOW_HOST}>")
# "smtp": messages leave by EMAIL_URL. "mailbox": they are kept for the mailbox page.
TREATYFLOW_MAIL_TRANSPORT = "smtp"
# The mailbox to which alerts are answered, read by record_responses; empty: replies are not read.
TREATYFLOW_INBOX_URL = environment.inbox(environment.text("INBOX_URL"))
# Its address; each message is answered to an address of its own, with a signature after a plus.
TREATYFLOW_REPLY_TO = environment.reply_to(
    environment.text("TREATYFLOW_REPLY_TO", f"replies@{TREATYFLOW_HOST}")
)
# What a mail server shows when it posts what came back; empty: there is no such address.
TREATYFLOW_BOUNCE_TOKEN = environment.text("TREATYFLOW_BOUNCE_TOKEN")
# How long a worker may hold a message that it claimed, in seconds; then another one takes it.
TREATYFLOW_LEASE_SECONDS = environment.whole_number(
    "TREATYFLOW_LEASE_SECONDS", 30, least=1, most=3600
)
# Touched by beat with every knock and by a worker with every task: a container's sign of life.
TREATYFLOW_ALIVE_FILE = environment.text("TREATYFLOW_ALIVE_FILE")

# --- Django ---------------------------------------------------------------------------------------

DEBUG = False
INSTALLED_APPS = [
    "notifications.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "bootstrap",
    "django_htmx",
    "notifications.apps.NotificationsConfig",
]
MIDDLEWARE = [
    # Before all that asks for a host name, for HTTPS or for a session.
    "notifications.web.health.HealthMiddleware",
    "treatyflow.logs.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "notifications.web.middleware.ReaderMiddleware",
    # Every page asks for a signed-in person, unless its view says that it does not.
    "notifications.web.middleware.SignInFirstMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "treatyflow.urls"
WSGI_APPLICATION = "treatyflow.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "notifications.web.context.frame",
            ],
        },
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "notifications.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "sign-in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- Language and time: legal dates are counted in the treaty's zone, everything else is UTC ------

LANGUAGE_CODE = "en"
# Each by its own name: whoever looks for a language may read no other.
LANGUAGES = [("en", "English"), ("fr", "Français")]
# Above the catalogues of Django and its apps, whose words may differ from ours.
LOCALE_PATHS = [BASE_DIR / "notifications" / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Pages ----------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT: Path | None = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # Bootstrap's own style sheet carries its little pictures as data.
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "notifications.web.old_form.csrf_failure"
# The longest form: three texts of 100 000 characters, each up to twelve bytes where it is encoded
# for the way, and as much again for what stands beside them.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 3 * 100_000 * 12
# A file longer than is taken never reaches the disk whole; short ones stay in memory.
FILE_UPLOAD_HANDLERS = [
    "notifications.web.uploads.CutOffUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# --- Tasks: JSON only, no result kept, no task planned ahead --------------------------------------

CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "treatyflow"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_STORE_ERRORS_EVEN_IF_IGNORED = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 5}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE
CELERY_BEAT_SCHEDULE_FILENAME = str(TREATYFLOW_DATA / "beat-schedule")

# --- Mail -----------------------------------------------------------------------------------------

EMAIL_TIMEOUT = environment.whole_number("TREATYFLOW_SMTP_TIMEOUT", 20, least=1, most=600)
DEFAULT_FROM_EMAIL = TREATYFLOW_FROM
SERVER_EMAIL = TREATYFLOW_FROM

# --- Logs: what happened, never to whom -----------------------------------------------------------

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "treatyflow": {"level": "INFO"},
        "notifications": {"level": "INFO"},
        # Every page is told of in production alone; what failed, everywhere.
        "treatyflow.request": {"level": "WARNING"},
        "treatyflow.task": {"level": "WARNING"},
        # Django's own configuration hangs handlers on these.
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        # An address that does not exist is no event of ours.
        "django.request": {"level": "ERROR"},
    },
}
