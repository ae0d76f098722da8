"""Comparisons of our own books with those of operators and payment providers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Comparison(models.Model):
    """One comparison of everything between `since_at` and `until_at`. No `ended_at`: it is under way, or was ended.

    `compared` is [{"who", "rows", ...}], `not_compared` [{"who", "why"}], with codes and sums alone. `figures` counts
    what came of it; `mended` are the differences, as `kind subject`, that were left to software to mend: those that it
    finds again are cases.
    """

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    since_at = models.DateTimeField()
    until_at = models.DateTimeField()
    compared = models.JSONField(default=list)
    not_compared = models.JSONField(default=list)
    figures = models.JSONField(default=dict)
    mended = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"
