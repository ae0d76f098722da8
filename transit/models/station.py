"""What people decided about stations that feeds share."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class SharedStation(models.Model):
    """Two stops of different feeds that are one place to people, or are not. Holds from the next build on."""

    class Verdict(models.TextChoices):
        """What to do with the two."""

        JOIN = "join", _("join: one place")
        APART = "apart", _("keep apart: two places")

    first_stop_id = models.CharField(max_length=200, help_text="feed:stop")
    second_stop_id = models.CharField(max_length=200, help_text="feed:stop")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["first_stop_id", "second_stop_id"], name="shared_station_once"),
        ]

    def __str__(self) -> str:
        return f"{self.first_stop_id} – {self.second_stop_id}: {self.verdict}"

    def save(self, *args: Any, **options: Any) -> None:
        """The two have no order, so the lesser stands first."""
        self.first_stop_id, self.second_stop_id = sorted((self.first_stop_id, self.second_stop_id))
        super().save(*args, **options)
