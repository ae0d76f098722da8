"""The rows of promises and money."""

from bookings.models.caller import Caller
from bookings.models.case import Case, CaseEvent, WriteOff, WriteOffEvent
from bookings.models.comparison import Comparison
from bookings.models.customer import Act, Concession, Customer, CustomerKey, FavouritePlace
from bookings.models.delegation import Delegation, DelegationEvent
from bookings.models.disruption import Disruption
from bookings.models.driving import DriverAction, DriverShift, RideCursor
from bookings.models.effect import Effect, EffectAttempt, EffectEvent, IdempotencyRecord, WebhookInbox
from bookings.models.fee import OfferFee, PlatformFee
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
from bookings.models.message import Contact, DeskCall, Outbox, PushSubscription, Webhook
from bookings.models.offer import Offer, OfferPart, OfferProduct, ProductShare
from bookings.models.order import Booking, BookingEvent, Order, OrderEvent, Ride
from bookings.models.payment import (
    Dispute,
    DisputeEvent,
    Payment,
    PaymentEvent,
    Refund,
    RefundEvent,
    SavedCard,
    SavedCardEvent,
    Transfer,
    TransferEvent,
)
from bookings.models.payout import PayoutAccount, PayoutAccountEvent
from bookings.models.provider import (
    Ancillary,
    ConfirmedEntry,
    Provider,
    ProviderCustomer,
    ProviderEvent,
    SupportTicket,
    SupportTicketEvent,
)
from bookings.models.receipt import Receipt, ReceiptLine
from bookings.models.reservation import Capacity, Reservation, ReservationEvent, SeatClaim
from bookings.models.settlement import Settlement
from bookings.models.standing_order import Occurrence, OccurrenceEvent, StandingOrder, StandingOrderEvent
from bookings.models.subsidy import SubsidyAllowance, SubsidyBudget, SubsidyClaim, SubsidyClaimEvent
from bookings.models.ticket import Ticket, TicketCheck, TicketEvent
from bookings.models.traveller import OrderTraveller
from bookings.models.vat import VatRate

__all__ = [
    "Act",
    "Ancillary",
    "Bill",
    "BillEvent",
    "BillingAccount",
    "Booking",
    "BookingEvent",
    "Caller",
    "Capacity",
    "Case",
    "CaseEvent",
    "Comparison",
    "Concession",
    "ConfirmedEntry",
    "Contact",
    "Customer",
    "CustomerKey",
    "Delegation",
    "DelegationEvent",
    "DeskCall",
    "Dispute",
    "DisputeEvent",
    "Disruption",
    "DriverAction",
    "DriverShift",
    "Effect",
    "EffectAttempt",
    "EffectEvent",
    "FavouritePlace",
    "IdempotencyRecord",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTxn",
    "Occurrence",
    "OccurrenceEvent",
    "Offer",
    "OfferFee",
    "OfferPart",
    "OfferProduct",
    "Order",
    "OrderEvent",
    "OrderTraveller",
    "Outbox",
    "PayBack",
    "PayBackEvent",
    "Payment",
    "PaymentEvent",
    "PayoutAccount",
    "PayoutAccountEvent",
    "PlatformFee",
    "Pledge",
    "PledgeEvent",
    "ProductShare",
    "Provider",
    "ProviderCustomer",
    "ProviderEvent",
    "PushSubscription",
    "Receipt",
    "ReceiptLine",
    "Refund",
    "RefundEvent",
    "Reservation",
    "ReservationEvent",
    "Ride",
    "RideCursor",
    "SavedCard",
    "SavedCardEvent",
    "SeatClaim",
    "Series",
    "Settlement",
    "StandingOrder",
    "StandingOrderEvent",
    "SubsidyAllowance",
    "SubsidyBudget",
    "SubsidyClaim",
    "SubsidyClaimEvent",
    "SupportTicket",
    "SupportTicketEvent",
    "Ticket",
    "TicketCheck",
    "TicketEvent",
    "TopUp",
    "Transfer",
    "TransferEvent",
    "VatRate",
    "Wallet",
    "WayToPay",
    "Webhook",
    "WebhookInbox",
    "WriteOff",
    "WriteOffEvent",
]
