"""Rows that are only ever inserted, as far as Django's own paths reach; triggers hold the rest."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

from django.db import models

from notifications.errors import RuleBrokenError

Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)


def _refuse(model: type[models.Model]) -> NoReturn:
    raise RuleBrokenError(
        f"{model._meta.verbose_name}: a sealed record is never changed or deleted."
    )


class SealedQuerySet(models.QuerySet[Row_co]):
    """A queryset that reads and inserts, and does nothing else."""

    def update(self, **kwargs: Any) -> NoReturn:  # noqa: ARG002
        """Refused: RuleBrokenError."""
        _refuse(self.model)

    def delete(self) -> NoReturn:
        """Refused: RuleBrokenError."""
        _refuse(self.model)


class Sealed(models.Model):
    """Base of every sealed table (model.md: S)."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; a second save is refused with RuleBrokenError."""
        if not self._state.adding:
            _refuse(type(self))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002
        """Refused: RuleBrokenError."""
        _refuse(type(self))
