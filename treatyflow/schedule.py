"""When beat knocks. No legal date depends on it: a sweep finds all that is due, however late."""

from __future__ import annotations

from typing import Final

KNOCKS: Final = ("track_deadlines", "send_alerts", "record_responses")

INTERVAL_SECONDS: Final = 60.0
# A knock to send that no worker took before the next one is dropped: no backlog piles up. The two
# others are quick, and must have their turn where the only worker is sending for minutes on end.
EXPIRES_SECONDS: Final = {
    "track_deadlines": 240,
    "send_alerts": 55,
    "record_responses": 240,
}

BEAT_SCHEDULE: Final = {
    knock: {
        "task": f"notifications.tasks.{knock}",
        "schedule": INTERVAL_SECONDS,
        "options": {"expires": EXPIRES_SECONDS[knock]},
    }
    for knock in KNOCKS
}
