"""What was offered: a copy of the itinerary with prices, kept as shown until it expires. Never edited."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from django.conf import settings
from django.db import models

from bookings.codes import new_code
from bookings.models.sealed import SealedJSONField
from transit import tokens
from transit.routing.itinerary import Itinerary


class Offer(models.Model):
    """A priced proposal to one person. `itinerary` is the JSON copy of transit's Itinerary, sealed for its addresses.

    `unsold` names the legs that cannot be bought here: [{"leg": 2, "kind": "free" | "elsewhere" | "unknown", "text",
    "url", "price_minor"}]. `back_from` is the first leg of the way back, where both ways are sold as one. `owner` or
    `session_hash` (SHA-256 of the browser session's own random key) may see it.

    `channel` is where it can be bought: `tomp` by a third-party provider, which may change it while it has only chosen
    it; else by orders.

    An offer may be for another journey instead of what an order `replaces`: once it is bought, the bookings of
    `replaced_kept` ({seq: what its operator keeps at most}) are given back for `replaced_refund_minor`.
    """

    code = models.CharField(max_length=22, unique=True, default=new_code)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    session_hash = models.CharField(max_length=64, blank=True)
    channel = models.CharField(max_length=4, blank=True, choices=[("tomp", "tomp")])
    language = models.CharField(max_length=5)
    itinerary = SealedJSONField()
    back_from = models.PositiveSmallIntegerField(null=True)
    unsold = models.JSONField(default=list)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    content_sha256 = models.CharField(max_length=64)
    replaces = models.ForeignKey("bookings.Order", null=True, on_delete=models.PROTECT, related_name="replacements")
    replaced_kept = models.JSONField(default=dict)
    replaced_refund_minor = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.code

    @property
    def others_minor(self) -> int:
        """What named payers owe of it."""
        products = [product for part in self.parts.all() for product in part.products.all()]
        return sum(share.amount_minor for product in products for share in product.shares.all())

    @property
    def due_minor(self) -> int:
        """The resident's share."""
        return self.total_minor - self.others_minor

    @cached_property
    def journey(self) -> Itinerary:
        """The itinerary; an offer is never edited."""
        return tokens.of_json(self.itinerary)


class OfferPart(models.Model):
    """What one operator would sell of it: the future booking. `sales` is hosted, tomp or tomp1.

    Where `price_is_ceiling`, the operator only estimates: `price_minor` is the most that it can cost. By
    `demand_basis_points` it is dearer (or cheaper, negative) than usual, because many (few) want to ride then.
    """

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="parts")
    seq = models.PositiveSmallIntegerField()
    operator_code = models.CharField(max_length=40)
    operator_name = models.CharField(max_length=150)
    agency_id = models.CharField(max_length=120)
    sales = models.CharField(max_length=12)
    capability = models.CharField(max_length=1)
    remote_offer = models.CharField(max_length=200, blank=True, help_text="TOMP: the operator's offer id.")
    price_minor = models.BigIntegerField()
    price_is_ceiling = models.BooleanField(default=False)
    demand_basis_points = models.SmallIntegerField(default=0, db_default=0)
    expires_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["seq"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["offer", "seq"], name="offer_part_once"),
        ]


class OfferProduct(models.Model):
    """A fare product of a part for one traveller; it becomes one ticket. `legs` are positions in the itinerary.

    The resident owes the price without the `shares` of named payers.
    """

    part = models.ForeignKey(OfferPart, on_delete=models.CASCADE, related_name="products")
    seq = models.PositiveSmallIntegerField()
    product_id = models.CharField(max_length=120)
    name = models.CharField(max_length=200)
    legs = models.JSONField()
    traveller_key = models.CharField(max_length=210)
    category = models.CharField(max_length=12)
    price_minor = models.BigIntegerField()
    vat_basis_points = models.PositiveIntegerField()
    vat_country = models.CharField(max_length=2)
    valid_from_at = models.DateTimeField()
    valid_until_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["part_id", "seq"]


class ProductShare(models.Model):
    """What a named payer (a region's subsidy, an employer) owes of a product instead of the resident.

    Nothing else of an offer changes; a share may come later, when money of a subsidy has become free (`SubsidyClaim`).
    """

    product = models.ForeignKey(OfferProduct, on_delete=models.CASCADE, related_name="shares")
    payer = models.CharField(max_length=60)
    amount_minor = models.BigIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["product_id", "payer"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["product", "payer"], name="product_share_once"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="product_share_positive"),
            models.CheckConstraint(condition=~models.Q(payer="resident"), name="product_share_of_others"),
        ]
