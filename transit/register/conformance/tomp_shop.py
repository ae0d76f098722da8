"""TOMP-API 2.0 as the trial asks it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from transit.money import Money
from transit.register.conformance.shop import Offered, Refusal, Sale, Standing
from transit.register.conformance.speaking import spoken, standing_of
from transit.remote import tomp
from transit.remote.tomp import Package, Party, Search, Traveller

_WAITS: Final = "PURCHASE_TO_BE_CONFIRMED"
_AROUND: Final = timedelta(days=1)
TRAVELLERS: Final = (Traveller(id="1"),)


@dataclass(frozen=True, slots=True)
class TompShop:
    """See Shop."""

    party: Party
    search_for: Search
    began_at: datetime

    def search(self) -> list[Offered]:
        """Offers with a price."""
        with spoken(tomp.error_codes):
            found = tomp.search_offers(self.party, self.search_for)
        priced = [Offered(offer.id, offer.price) for offer in found if offer.price is not None]
        return sorted(priced, key=lambda offer: offer.price.minor)

    def hold(self, offer: str, reference: str) -> Sale:
        """purchase-offers."""
        with spoken(tomp.error_codes):
            bought = tomp.purchase_offers(self.party, offer, TRAVELLERS, customer=reference, reference=reference)
            return _sale(bought)

    def find(self, ref: str) -> Sale | None:
        """GET of the package."""
        with spoken(tomp.error_codes):
            found = tomp.find_package(self.party, ref)
        return None if found is None else _sale(found)

    def find_all(self, reference: str) -> list[Sale] | None:
        """2.0 has no such call."""
        return None

    def extend(self, ref: str) -> Sale:
        """More time, because the payer still pays."""
        with spoken(tomp.error_codes):
            return _sale(tomp.extend_expiry_time(self.party, ref))

    def confirm(self, ref: str) -> Sale:
        """confirm-purchase."""
        with spoken(tomp.error_codes):
            return _sale(tomp.confirm_purchase(self.party, ref))

    def release(self, ref: str) -> Sale:
        """rollback-purchase."""
        with spoken(tomp.error_codes):
            return _sale(tomp.rollback_purchase(self.party, ref))

    def undo(self, ref: str) -> Sale:
        """Rolled back while that is open, else the refund of most."""
        with spoken(tomp.error_codes):
            package = tomp.get_package(self.party, ref)
            if package.allows("rollback-purchase"):
                return _sale(tomp.rollback_purchase(self.party, ref))
            options = [each for each in tomp.list_redress_options(self.party, ref) if each.refund is not None]
            if not options:
                raise Refusal("no redress option", 409, frozenset())
            best = max(options, key=lambda each: each.refund.minor if each.refund else 0)
            tomp.claim_redress(self.party, ref, best)
            return _sale(tomp.confirm_redress(self.party, ref, best))

    def find_charge(self, ref: str) -> Money | None:
        """The sum of the journal entries about it; None where there are none (yet)."""
        with spoken(tomp.error_codes):
            entries = tomp.list_payments(self.party, self.began_at - _AROUND, self.began_at + _AROUND)
        own = [entry.amount for entry in entries if entry.package == ref]
        return sum(own[1:], own[0]) if own else None


def _sale(package: Package) -> Sale:
    standing = standing_of(package.status)
    waits = any(_WAITS in leg.labels for leg in package.legs) and not package.allows("confirm-purchase")
    if standing is Standing.HELD and waits:
        standing = Standing.WAITING
    return Sale(package.id, standing, package.price, package.expires_at)
