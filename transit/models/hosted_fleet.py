"""Shared vehicles of operators without a system of their own, as their staff have entered them.

From these rows `transit.publishing.fleets` writes GBFS. Nothing else reads them.
"""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from transit.models.hosted import short_code
from transit.models.service import Service

LENT = (Service.Kind.BIKE_SHARING, Service.Kind.CAR_SHARING, Service.Kind.RENTAL)
"""The kinds of services whose vehicles one takes oneself."""


class HostedFleet(models.Model):
    """Vehicles that are alike. A price is `base_minor`, and `step_minor` as every `step_min` minutes begin after
    `free_min`; without `base_minor` nothing is said of it.
    """

    class Form(models.TextChoices):
        """What kind of vehicle it is (GBFS `form_factor`)."""

        BICYCLE = "bicycle", _("bicycle")
        CARGO_BICYCLE = "cargo_bicycle", _("cargo bicycle")
        SCOOTER_STANDING = "scooter_standing", _("scooter")
        MOPED = "moped", _("moped")
        CAR = "car", _("car")

    class Propulsion(models.TextChoices):
        """What moves it (GBFS `propulsion_type`)."""

        HUMAN = "human", _("muscles")
        ELECTRIC_ASSIST = "electric_assist", _("pedals with an electric motor")
        ELECTRIC = "electric", _("electricity")
        COMBUSTION = "combustion", _("fuel")
        HYBRID = "hybrid", _("fuel and electricity")

    service = models.OneToOneField(Service, on_delete=models.CASCADE, related_name="hosted_fleet")
    form = models.CharField(_("kind of vehicle"), max_length=20, choices=Form.choices, default=Form.BICYCLE)
    propulsion = models.CharField(
        _("what moves it"), max_length=20, choices=Propulsion.choices, default=Propulsion.HUMAN
    )
    max_range_km = models.PositiveIntegerField(
        _("kilometres with a full battery or tank"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(2000)],
    )
    same_stand = models.BooleanField(_("must be brought back to where it was taken"), default=False)
    base_minor = models.PositiveIntegerField(null=True)
    free_min = models.PositiveIntegerField(default=0)
    step_minor = models.PositiveIntegerField(default=0)
    step_min = models.PositiveIntegerField(default=30, validators=[MinValueValidator(1)])

    def __str__(self) -> str:
        return str(self.service)

    def clean(self) -> None:
        """What has a motor has a range (GBFS 3.0, vehicle_types: max_range_meters)."""
        if self.propulsion != self.Propulsion.HUMAN and not self.max_range_km:
            raise ValidationError({"max_range_km": _("How far does it go with a full battery or tank?")})


class HostedStand(models.Model):
    """Where vehicles are taken and brought back: `vehicles` of at most `places` were there at `counted_at`."""

    fleet = models.ForeignKey(HostedFleet, on_delete=models.CASCADE, related_name="stands")
    code = models.CharField(max_length=16, default=short_code)
    name = models.CharField(_("name"), max_length=120)
    lat = models.FloatField(_("latitude"), validators=[MinValueValidator(-85), MaxValueValidator(85)])
    lon = models.FloatField(_("longitude"), validators=[MinValueValidator(-180), MaxValueValidator(180)])
    places = models.PositiveIntegerField(_("places for vehicles"), validators=[MaxValueValidator(5000)])
    vehicles = models.PositiveIntegerField(_("vehicles there now"), default=0, validators=[MaxValueValidator(5000)])
    is_open = models.BooleanField(_("open"), default=True)
    counted_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["fleet", "code"], name="hosted_stand_once"),
        ]

    def __str__(self) -> str:
        return self.name
