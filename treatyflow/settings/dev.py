"""The embedded run, the default of ``manage.py``: everything on this machine, for learning."""

from __future__ import annotations

from csp.constants import SELF

from treatyflow.settings import environment
from treatyflow.settings.base import *
from treatyflow.supervisor.broker import socket_path

TREATYFLOW_EMBEDDED = True
# Whether the run loads the demonstration once its pages are served.
TREATYFLOW_DEMO = environment.switch("TREATYFLOW_DEMO", default=True)
TREATYFLOW_HOST = environment.text("TREATYFLOW_HOST", "treatyflow.localhost")
TREATYFLOW_FROM = environment.text("TREATYFLOW_FROM", f"TreatyFlow <alerts@{TREATYFLOW_HOST}>")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = TREATYFLOW_FROM
TREATYFLOW_REPLY_TO = environment.reply_to(
    environment.text("TREATYFLOW_REPLY_TO", f"replies@{TREATYFLOW_HOST}")
)

SECRET_KEY = environment.EMBEDDED_SECRET_KEY
DEBUG = environment.switch("TREATYFLOW_DEBUG", default=False)
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

DATABASES = {
    "default": (
        environment.database(database_url)
        if (database_url := environment.text("DATABASE_URL"))
        else environment.sqlite(TREATYFLOW_DATA / "treatyflow.sqlite3")
    )
}

# Empty: the supervisor runs a broker of its own, on a private socket.
TREATYFLOW_REDIS_URL = environment.text("REDIS_URL")
CELERY_BROKER_URL = environment.broker(
    TREATYFLOW_REDIS_URL or f"unix://{socket_path(TREATYFLOW_DATA)}"
)

if email_url := environment.text("EMAIL_URL"):
    globals().update(environment.email(email_url))
else:
    TREATYFLOW_MAIL_TRANSPORT = "mailbox"

# Style sheets come straight out of the packages: no collecting before the first page.
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = None
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# The mailbox shows the HTML of a message in a frame of this site.
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        **CONTENT_SECURITY_POLICY["DIRECTIVES"],
        "frame-src": [SELF],
        "frame-ancestors": [SELF],
    }
}
