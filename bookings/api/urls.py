"""The addresses of the API of offers, orders and tickets."""

from django.urls import path, register_converter

from bookings.api.contacts import ContactView
from bookings.api.driving import DriverActionsView, DriverPositionView
from bookings.api.help import HelpView
from bookings.api.inspection import ChecksView, DayListView, RevocationsView
from bookings.api.offers import OffersView, OfferView
from bookings.api.operations import CancelledBookingsView, NoShowsView, TripEventsView
from bookings.api.orders import CancellationView, ChangesView, ConsentView, OrdersView, OrderView, WayOnView
from bookings.api.partners import (
    OwnWebhookDeliveriesView,
    OwnWebhookRotationView,
    OwnWebhooksView,
    OwnWebhookView,
    WebhookDeliveriesView,
    WebhookRotationView,
    WebhooksView,
    WebhookView,
)
from bookings.api.receipts import ReceiptsView
from bookings.api.statements import PayoutsView, StatementCsvView, StatementPdfView, StatementView
from bookings.api.tickets import JourneyCalendarView, TicketCodeView, TicketKeysView, TicketPdfView, TicketView
from bookings.api.vehicles import VehiclesView
from bookings.api.webhooks import StripeWebhookView
from bookings.codes import CodeConverter

register_converter(CodeConverter, "public")

urlpatterns = [
    path("operators/<slug:code>/statement", StatementView.as_view(), name="api-statement"),
    path("operators/<slug:code>/statement.csv", StatementCsvView.as_view(), name="api-statement-csv"),
    path("operators/<slug:code>/statement.pdf", StatementPdfView.as_view(), name="api-statement-pdf"),
    path("operators/<slug:code>/payouts", PayoutsView.as_view(), name="api-payouts"),
    path("operators/<slug:code>/cancelled-bookings", CancelledBookingsView.as_view(), name="api-cancelled-bookings"),
    path("operators/<slug:code>/no-shows", NoShowsView.as_view(), name="api-no-shows"),
    path("operators/<slug:code>/trip-events", TripEventsView.as_view(), name="api-trip-events"),
    path("operators/<slug:code>/day-list", DayListView.as_view(), name="api-day-list"),
    path("operators/<slug:code>/revocations", RevocationsView.as_view(), name="api-revocations"),
    path("operators/<slug:code>/checks", ChecksView.as_view(), name="api-checks"),
    path("driver/shifts/<int:shift>/actions", DriverActionsView.as_view(), name="api-driver-actions"),
    path("driver/shifts/<int:shift>/position", DriverPositionView.as_view(), name="api-driver-position"),
    path("offers", OffersView.as_view(), name="api-offers"),
    path("offers/<public:code>", OfferView.as_view(), name="api-offer"),
    path("orders", OrdersView.as_view(), name="api-orders"),
    path("orders/<public:code>", OrderView.as_view(), name="api-order"),
    path("orders/<public:code>/contact", ContactView.as_view(), name="api-contact"),
    path("orders/<public:code>/consent", ConsentView.as_view(), name="api-consent"),
    path("orders/<public:code>/cancellation", CancellationView.as_view(), name="api-cancellation"),
    path("orders/<public:code>/changes", ChangesView.as_view(), name="api-changes"),
    path("orders/<public:code>/way-on", WayOnView.as_view(), name="api-way-on"),
    path("orders/<public:code>/vehicles", VehiclesView.as_view(), name="api-order-vehicles"),
    path("orders/<public:code>/help", HelpView.as_view(), name="api-order-help"),
    path("orders/<public:code>/receipts", ReceiptsView.as_view(), name="api-receipts"),
    path("orders/<public:code>/journey.ics", JourneyCalendarView.as_view(), name="api-journey-ics"),
    path("ticket-keys", TicketKeysView.as_view(), name="api-ticket-keys"),
    path("tickets/<public:serial>", TicketView.as_view(), name="api-ticket"),
    path("tickets/<public:serial>/code.svg", TicketCodeView.as_view(), name="api-ticket-qr"),
    path("tickets/<public:serial>/ticket.pdf", TicketPdfView.as_view(), name="api-ticket-pdf"),
    path("operators/<slug:operator>/webhooks", WebhooksView.as_view(), name="api-webhooks"),
    path("operators/<slug:operator>/webhooks/<public:code>", WebhookView.as_view(), name="api-webhook"),
    path(
        "operators/<slug:operator>/webhooks/<public:code>/rotation",
        WebhookRotationView.as_view(),
        name="api-webhook-rotation",
    ),
    path(
        "operators/<slug:operator>/webhooks/<public:code>/deliveries",
        WebhookDeliveriesView.as_view(),
        name="api-webhook-deliveries",
    ),
    path("webhooks", OwnWebhooksView.as_view(), name="api-own-webhooks"),
    # Before the codes, which this one looks like.
    path("webhooks/stripe", StripeWebhookView.as_view(), name="api-webhook-stripe"),
    path("webhooks/<public:code>", OwnWebhookView.as_view(), name="api-own-webhook"),
    path("webhooks/<public:code>/rotation", OwnWebhookRotationView.as_view(), name="api-own-webhook-rotation"),
    path("webhooks/<public:code>/deliveries", OwnWebhookDeliveriesView.as_view(), name="api-own-webhook-deliveries"),
]
