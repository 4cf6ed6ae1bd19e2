"""The same world and settings as the tests of delivery have."""

from __future__ import annotations

from tests.delivery.conftest import _mail_stays_here, world

__all__ = ["_mail_stays_here", "world"]
