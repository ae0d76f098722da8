"""The rows of promises and money."""

from bookings.models.case import Case
from bookings.models.effect import Effect, EffectAttempt, EffectEvent, IdempotencyRecord, Outbox, WebhookInbox
from bookings.models.fee import OfferFee, PlatformFee
from bookings.models.ledger import LedgerAccount, LedgerEntry, LedgerTxn
from bookings.models.offer import Offer, OfferPart, OfferProduct, ProductShare
from bookings.models.order import Booking, BookingEvent, Order, OrderEvent
from bookings.models.payment import Payment, PaymentEvent, Refund, RefundEvent
from bookings.models.receipt import Receipt, ReceiptLine, ReceiptSeries
from bookings.models.reservation import Capacity, Reservation, ReservationEvent, SeatClaim
from bookings.models.settlement import Settlement
from bookings.models.ticket import Ticket, TicketEvent
from bookings.models.vat import VatRate

__all__ = [
    "Booking",
    "BookingEvent",
    "Capacity",
    "Case",
    "Effect",
    "EffectAttempt",
    "EffectEvent",
    "IdempotencyRecord",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTxn",
    "Offer",
    "OfferFee",
    "OfferPart",
    "OfferProduct",
    "Order",
    "OrderEvent",
    "Outbox",
    "Payment",
    "PaymentEvent",
    "PlatformFee",
    "ProductShare",
    "Receipt",
    "ReceiptLine",
    "ReceiptSeries",
    "Refund",
    "RefundEvent",
    "Reservation",
    "ReservationEvent",
    "SeatClaim",
    "Settlement",
    "Ticket",
    "TicketEvent",
    "VatRate",
    "WebhookInbox",
]
