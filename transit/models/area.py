"""The register: where a service is offered."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from shapely.geometry import shape

from transit.models.geometry import check_geometry
from transit.models.service import Service
from transit.models.texts import check_texts


class OperationArea(models.Model):
    """An area in words, and if known as GeoJSON Polygon or MultiPolygon. It is mainly offered in the primary one.

    `west` … `north` are the box around the geometry, by which a place is found.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="areas")
    name = models.CharField(max_length=150, help_text="In words, such as “Kuopio and Siilinjärvi”.")
    names = models.JSONField(default=dict, blank=True, help_text="The same by language code.")
    primary = models.BooleanField(default=False)
    geometry = models.JSONField(null=True, blank=True, help_text="GeoJSON Polygon or MultiPolygon, WGS 84.")
    west = models.FloatField(null=True, editable=False)
    south = models.FloatField(null=True, editable=False)
    east = models.FloatField(null=True, editable=False)
    north = models.FloatField(null=True, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["-primary", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["service"], condition=models.Q(primary=True), name="one_primary_area"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        """With the box of the geometry."""
        box = shape(self.geometry).bounds if self.geometry else (None,) * 4
        self.west, self.south, self.east, self.north = box
        super().save(*args, **options)

    def clean(self) -> None:
        """The names are texts, the geometry is one."""
        check_texts("names", self.names)
        if self.geometry is not None:
            check_geometry("geometry", self.geometry)
