"""Production: all from the environment; what is missing or unsafe is refused at the start."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from treatyflow.settings import environment
from treatyflow.settings.base import *

if environment.switch("TREATYFLOW_DEBUG", default=False):
    raise ImproperlyConfigured("TREATYFLOW_DEBUG is set: production never runs in debug mode.")

SECRET_KEY = environment.required(
    "TREATYFLOW_SECRET_KEY", "give a random text of at least 50 characters"
)
if SECRET_KEY == environment.EMBEDDED_SECRET_KEY:
    raise ImproperlyConfigured(
        "TREATYFLOW_SECRET_KEY is the key of the embedded run, which everybody knows: give another."
    )
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured(
        "TREATYFLOW_SECRET_KEY is too short: give a random text of at least 50 characters."
    )
# What the key before it signed stays good: sessions, and addresses for answers to mails that left.
if old_key := environment.text("TREATYFLOW_OLD_SECRET_KEY"):
    SECRET_KEY_FALLBACKS = [old_key]
    if len(old_key) < 50 or old_key == environment.EMBEDDED_SECRET_KEY:
        raise ImproperlyConfigured(
            "TREATYFLOW_OLD_SECRET_KEY is not a key that was good before: give it whole, or leave "
            "it out."
        )
if 0 < len(TREATYFLOW_BOUNCE_TOKEN) < 32:
    raise ImproperlyConfigured(
        "TREATYFLOW_BOUNCE_TOKEN is too short: give a random text of at least 32 characters."
    )
environment.required("TREATYFLOW_ALLOWED_HOSTS", "name the hosts of this site, with commas between")
ALLOWED_HOSTS = environment.words("TREATYFLOW_ALLOWED_HOSTS")

environment.required(
    "TREATYFLOW_BASE_URL", "name the address of this site, such as https://treatyflow.example"
)
if not TREATYFLOW_BASE_URL.startswith("https://"):
    raise ImproperlyConfigured("TREATYFLOW_BASE_URL must begin with https:// in production.")
CSRF_TRUSTED_ORIGINS = [TREATYFLOW_BASE_URL]

DATABASES = {
    "default": environment.database(
        environment.required(
            "DATABASE_URL", "name a PostgreSQL database, postgresql://user:password@host/name"
        ),
        environment.text("DATABASE_PASSWORD"),
    )
}
TREATYFLOW_REDIS_URL = environment.required(
    "REDIS_URL", "name a Redis or Valkey server, redis://host:6379/0"
)
CELERY_BROKER_URL = environment.broker(TREATYFLOW_REDIS_URL, environment.text("REDIS_PASSWORD"))
# In a folder of its own: only beat writes it, and the other services need not have it.
CELERY_BEAT_SCHEDULE_FILENAME = str(TREATYFLOW_DATA / "beat" / "schedule")
globals().update(
    environment.email(
        environment.required("EMAIL_URL", "name an SMTP server, smtp+tls://user:password@host:587")
    )
)

SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
if environment.switch("TREATYFLOW_BEHIND_PROXY", default=False):
    # Only behind a proxy that sets or removes this header itself; otherwise any client could claim
    # HTTPS.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# One JSON object a line, on standard error; what it leaves out is said in treatyflow/logs.py.
LOGGING = {
    **LOGGING,
    "formatters": {"json": {"()": "treatyflow.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "loggers": {
        **LOGGING["loggers"],
        "treatyflow.request": {"level": "INFO"},
        "treatyflow.task": {"level": "INFO"},
        "celery.beat": {"level": "WARNING"},
        # gunicorn hangs handlers of its own on these.
        "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
        "gunicorn.access": {"handlers": [], "level": "WARNING", "propagate": True},
    },
}
