"""What is refused to third-party providers."""

from __future__ import annotations


class PackageError(Exception):
    """`code`: not_found, expired, sold_out, departed, illegal, not_sold_here, too_many_holds, offers_differ,
    not_offered, not_refundable, used, busy, unknown_traveller, unknown_leg, unknown_ancillary; of a no-show
    not_departed, too_late, already_used. `said` names what it is about.
    """

    def __init__(self, code: str, said: str = "") -> None:
        super().__init__(code)
        self.code, self.said = code, said
