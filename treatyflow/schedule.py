"""When beat knocks. No legal date depends on it: a sweep finds all that is due, however late."""

from __future__ import annotations

from typing import Final

KNOCKS: Final = ("track_deadlines", "send_alerts", "record_responses")

INTERVAL_SECONDS: Final = 60.0
# A knock that no worker took before the next one is dropped: no backlog piles up while workers are
# away.
EXPIRES_SECONDS: Final = 55

BEAT_SCHEDULE: Final = {
    knock: {
        "task": f"notifications.tasks.{knock}",
        "schedule": INTERVAL_SECONDS,
        "options": {"expires": EXPIRES_SECONDS},
    }
    for knock in KNOCKS
}
