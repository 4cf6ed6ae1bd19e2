"""Parties, treaties, participations and mandates from CSV files, and into them."""

from notifications.errors import BadFileError, Problem
from notifications.services.exchange.importing import (
    COLUMNS,
    KINDS,
    apply_import,
    export,
    plan_import,
)
from notifications.services.exchange.planning import ImportPlan, PlannedRow, Progress

__all__ = [
    "COLUMNS",
    "KINDS",
    "BadFileError",
    "ImportPlan",
    "PlannedRow",
    "Problem",
    "Progress",
    "apply_import",
    "export",
    "plan_import",
]
