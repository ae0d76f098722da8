"""The register: what a service has for those who need it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from transit.models.service import Service


class ServiceFacility(models.Model):
    """That a service has something, or has it not. What no row speaks of is not stated."""

    class Facility(models.TextChoices):
        """Of the vehicle, aids that are carried, extra services: the codes of the Finnish national access point."""

        LOW_FLOOR = "low-floor", _("low floor")
        STEP_FREE_ACCESS = "step-free-access", _("entrance without steps")
        ACCESSIBLE_VEHICLE = "accessible-vehicle", _("vehicle made for people with disabilities")
        SUITABLE_FOR_WHEELCHAIRS = "suitable-for-wheelchairs", _("room to sit in a wheelchair")
        SUITABLE_FOR_STRETCHERS = "suitable-for-stretchers", _("room for a stretcher")
        BOARDING_ASSISTANCE = "boarding-assistance", _("help with getting on and off")
        ASSISTANCE_DOG_SPACE = "assistance-dog-space", _("room for an assistance dog")
        WHEELCHAIR = "wheelchair", _("takes a folded wheelchair along")
        WALKING_STICK = "walking-stick", _("takes a walking stick along")
        CRUTCHES = "crutches", _("takes crutches along")
        WALKER = "walker", _("takes a walking frame along")
        CHILD_SEAT = "child-seat", _("child seat")
        ANIMAL_TRANSPORT = "animal-transport", _("takes pets along")

    class Extent(models.TextChoices):
        """How far it has it."""

        ALL = "all", _("yes, always")
        SOME = "some", _("partly, or when asked for")
        NONE = "none", _("no")

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="facilities")
    facility = models.CharField(max_length=30, choices=Facility.choices)
    extent = models.CharField(max_length=5, choices=Extent.choices)

    class Meta:
        verbose_name_plural = "service facilities"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["service", "facility"], name="service_facility_once"),
        ]

    def __str__(self) -> str:
        return f"{self.service}: {self.facility} {self.extent}"
