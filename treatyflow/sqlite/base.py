"""The database backend (Django looks for it under this name).

Django counts on 999 parameters a statement, the limit of SQLite before 3.32, and splits what is
inserted in bulk: an act with a limit for each of 193 parties would take four times the statements
that it takes for 34. Here the library itself is asked.
"""

from __future__ import annotations

import sqlite3
from functools import cached_property
from typing import Final

from django.db.backends.sqlite3 import base, features

# The limit of the library as it is commonly built; some builds take more than is good for memory.
MOST_PARAMETERS: Final = 32_766


class DatabaseFeatures(features.DatabaseFeatures):
    """What this library can do.

    Older ones know neither RETURNING nor UPDATE … FROM, and are refused at the first connection.
    """

    minimum_database_version = (3, 35)

    @cached_property
    def max_query_params(self) -> int:  # type: ignore[override]
        """The parameters that one statement may have."""
        self.connection.ensure_connection()
        limit = self.connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        return min(int(limit), MOST_PARAMETERS)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the database."""

    features_class = DatabaseFeatures
