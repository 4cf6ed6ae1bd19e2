"""Reading the environment: every value checked, each refusal one sentence that names it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

# Known to everybody: the embedded run needs none of its own, and production refuses to start with
# it.
EMBEDDED_SECRET_KEY = "embedded-run-only-known-to-everybody-and-refused-in-production"  # noqa: S105

# IMMEDIATE: a transaction that will write takes its turn at its start, instead of failing half-way.
# FULL: what was committed survives a loss of power.
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}


def text(name: str, default: str = "") -> str:
    """Return the variable, or what stands in the file that ``<name>_FILE`` names.

    An empty one counts as not set.
    """
    if value := os.environ.get(name, "").strip():
        return value
    if file := os.environ.get(f"{name}_FILE", "").strip():
        try:
            return Path(file).read_text(encoding="utf-8").strip() or default
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(
                f"{name}_FILE names “{file}”, which cannot be read."
            ) from error
    return default


def required(name: str, purpose: str) -> str:
    """Return the variable or refuse to start."""
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {purpose}.")
    return value


def whole_number(name: str, default: int, *, least: int, most: int) -> int:
    """Return the variable as a whole number within its limits or refuse to start."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise ImproperlyConfigured(
            f"{name} must be a whole number from {least} to {most}, not “{value}”."
        )
    return int(value)


def switch(name: str, *, default: bool) -> bool:
    """Return the variable as yes or no or refuse to start."""
    value = text(name, "1" if default else "0").lower()
    if value not in {"1", "true", "yes", "on", "0", "false", "no", "off"}:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not “{value}”.")
    return value in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    """Return the variable's parts between commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def database(url: str, password: str = "") -> dict[str, Any]:
    """Return Django's description of the PostgreSQL database at ``url``.

    ``password`` takes the place of the one in the address: a file can hold it alone.
    """
    scheme = url.partition(":")[0]
    if scheme not in {"postgres", "postgresql", "pgsql", "psql"}:
        raise ImproperlyConfigured(
            f"DATABASE_URL must begin with postgresql://, not with “{scheme}”; "
            "without it the embedded SQLite database is used."
        )
    config: dict[str, Any] = environ.Env.db_url_config(url)
    options = {"connect_timeout": "5", **config.get("OPTIONS", {})}
    return {
        **config,
        "PASSWORD": password or config.get("PASSWORD", ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def sqlite(path: Path) -> dict[str, Any]:
    """Return Django's description of the SQLite database at ``path``."""
    return {"ENGINE": "treatyflow.sqlite", "NAME": path, "OPTIONS": dict(SQLITE_OPTIONS)}


def broker(url: str, password: str = "") -> str:
    """Return a Redis address in the form that kombu reads, with a password from elsewhere."""
    scheme, _, rest = url.partition("://")
    if scheme == "unix":
        return f"redis+socket://{rest}"
    if scheme not in {"redis", "rediss", "redis+socket"}:
        raise ImproperlyConfigured(
            f"REDIS_URL must begin with redis://, rediss:// or unix://, not with “{scheme}”."
        )
    if not password:
        return url
    account, at, place = rest.rpartition("@")
    return (
        f"{scheme}://{account.partition(':')[0] if at else ''}:{quote(password, safe='')}@{place}"
    )


def email(url: str) -> dict[str, Any]:
    """Return Django's e-mail settings for an SMTP server (``smtp://``, ``smtp+tls://``, ``smtp+ssl://``)."""
    scheme = url.partition(":")[0]
    if scheme not in {"smtp", "submission", "smtp+tls", "smtps", "smtp+ssl"}:
        raise ImproperlyConfigured(
            f"EMAIL_URL must begin with smtp://, smtp+tls:// or smtp+ssl://, not with “{scheme}”."
        )
    config: dict[str, Any] = environ.Env.email_url_config(url)
    config.pop("EMAIL_FILE_PATH", None)
    return config


def address(name: str, default: str) -> str:
    """Return the variable as the address of a site, no slash at its end, or refuse to start."""
    url = text(name, default).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ImproperlyConfigured(
            f"{name} must be an address such as https://treatyflow.example, not “{url}”."
        )
    return url


def host_of(url: str) -> str:
    """Return the host of a site's address."""
    return urlsplit(url).hostname or ""


def inbox(url: str) -> str:
    """Return the address of the mailbox to which alerts are answered, its form checked.

    ``imaps://``, ``imap+tls://`` or ``imap://`` with user, password, host and folder; or
    ``maildir:///path``. Empty: none.
    """
    scheme, _, _rest = url.partition("://")
    if not url:
        return ""
    split = urlsplit(url)
    if scheme == "maildir":
        if split.netloc or not split.path.startswith("/"):
            raise ImproperlyConfigured("INBOX_URL must name a whole path: maildir:///var/mail/box.")
        return url
    if scheme not in {"imaps", "imap+tls", "imap"}:
        raise ImproperlyConfigured(
            "INBOX_URL must begin with imaps://, imap+tls://, imap:// or maildir:///, "
            f"not with “{scheme}”."
        )
    if not (split.hostname and split.username and split.password):
        raise ImproperlyConfigured(
            "INBOX_URL must hold user, password and host: imaps://user:password@host/INBOX."
        )
    return url


def reply_to(address: str) -> str:
    """Return the address for replies: what stands before the @ must leave room for a signature."""
    local, at, domain = address.rpartition("@")
    if not at or not domain or not local or len(local) > 20 or "+" in local:
        raise ImproperlyConfigured(
            f"TREATYFLOW_REPLY_TO must be an address with at most 20 characters and no plus before "
            f"the @, not “{address}”."
        )
    return address
