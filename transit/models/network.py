"""The networks that were built, and the pointer to the one that answers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from transit.models.feed import FeedVersion


class Network(models.Model):
    """A folder of arrays, made of feed versions; `digest` names the folder and follows from inputs and builder."""

    name = models.SlugField(max_length=40)
    digest = models.CharField(max_length=64, unique=True)
    feed_versions = models.ManyToManyField(FeedVersion, related_name="networks")
    built_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.digest[:12]}"


class Publication(models.Model):
    """The pointer: the newest row without `withdrawn_at` is the network that answers."""

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="publications")
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.network} published {self.published_at:%Y-%m-%d %H:%M}"
