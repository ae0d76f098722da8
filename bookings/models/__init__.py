"""The rows of promises and money."""

from bookings.models.case import Case
from bookings.models.effect import Effect, EffectAttempt, EffectEvent, IdempotencyRecord, WebhookInbox
from bookings.models.house import (
    Bill,
    BillEvent,
    BillingAccount,
    PayBack,
    PayBackEvent,
    Pledge,
    PledgeEvent,
    Series,
    TopUp,
    Wallet,
    WayToPay,
)
from bookings.models.ledger import LedgerAccount, LedgerEntry, LedgerTxn
from bookings.models.message import Contact, DeskCall, Outbox, Webhook
from bookings.models.offer import Offer, OfferPart, OfferProduct
from bookings.models.order import Booking, BookingEvent, Order, OrderEvent
from bookings.models.payment import (
    Dispute,
    DisputeEvent,
    Payment,
    PaymentEvent,
    PayoutAccount,
    Refund,
    RefundEvent,
    SavedCard,
    SavedCardEvent,
    Transfer,
    TransferEvent,
)
from bookings.models.reservation import Capacity, Reservation, ReservationEvent, SeatClaim
from bookings.models.ticket import Ticket, TicketEvent

__all__ = [
    "Bill",
    "BillEvent",
    "BillingAccount",
    "Booking",
    "BookingEvent",
    "Capacity",
    "Case",
    "Contact",
    "DeskCall",
    "Dispute",
    "DisputeEvent",
    "Effect",
    "EffectAttempt",
    "EffectEvent",
    "IdempotencyRecord",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTxn",
    "Offer",
    "OfferPart",
    "OfferProduct",
    "Order",
    "OrderEvent",
    "Outbox",
    "PayBack",
    "PayBackEvent",
    "Payment",
    "PaymentEvent",
    "PayoutAccount",
    "Pledge",
    "PledgeEvent",
    "Refund",
    "RefundEvent",
    "Reservation",
    "ReservationEvent",
    "SavedCard",
    "SavedCardEvent",
    "SeatClaim",
    "Series",
    "Ticket",
    "TicketEvent",
    "TopUp",
    "Transfer",
    "TransferEvent",
    "Wallet",
    "WayToPay",
    "Webhook",
    "WebhookInbox",
]
