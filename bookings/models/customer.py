"""Whom the desk knows: customers, how they are found again, what they have a right to, and what was done for them.

What a person has belongs to the account that owns their orders; only the file itself is the desk's.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from bookings.codes import new_code
from bookings.models.sealed import SealedJSONField


class Customer(models.Model):
    """A person who agreed that a desk keeps a file. `said` is {"name", "phone", "email", "birth_year", "language",
    "mobility"}, NULL once it is erased.

    `user` owns what is ordered for them: an account of theirs, or one that nobody logs in to. `used_at` is when the
    file was last needed; what nobody needs is erased.
    """

    code = models.CharField(max_length=22, unique=True, default=new_code)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="customer")
    said = SealedJSONField(null=True)
    consented_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(db_index=True)
    erased_at = models.DateTimeField(null=True)


class CustomerKey(models.Model):
    """A blind name (`transit.sealing.blind`) of a customer's phone number, part of a name or year of birth."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="keys")
    digest = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["customer", "digest"], name="customer_key_once"),
        ]


class Act(models.Model):
    """What somebody did with a person's file, or in their name. The person may read all of it.

    `detail` holds codes and dates, nothing that describes a person. `told_at` is when the person was written to about
    it, where they must hear of what others did.
    """

    class What(models.TextChoices):
        """The kinds; put into words where they are shown."""

        CREATED = "created"
        OPENED = "opened"
        CHANGED = "changed"
        ORDERED = "ordered"
        CANCELLED = "cancelled"
        ENROLLED = "enrolled"
        WITHDRAWN = "withdrawn"
        FAVOURITE = "favourite"
        STANDING = "standing"
        SKIPPED = "skipped"
        ASKED = "asked"
        SEARCHED = "searched"
        LINKED = "linked"
        DELEGATED = "delegated"
        DELEGATION_ENDED = "delegation_ended"
        ERASED = "erased"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="acts")
    what = models.CharField(max_length=20, choices=What.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    detail = models.JSONField(default=dict)
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]


class Concession(models.Model):
    """That a person belongs to a rider group of a region, as staff have seen: yes, until when, and who saw it.

    No copy of the proof is kept, nor what it was. `group` is the code of a `RiderGroup`, or
    `purpose:` and that of a `Purpose`.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="concessions")
    region = models.CharField(max_length=40)
    group = models.CharField(max_length=40)
    seen_on = models.DateField()
    valid_until = models.DateField(null=True, db_index=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["person", "region", "group"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="concession_once",
            ),
        ]


class FavouritePlace(models.Model):
    """A place that somebody often goes to: `said` is {"label", "name", "lat", "lon", "stop_id"}."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favourite_places")
    said = SealedJSONField()
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
