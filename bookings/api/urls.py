"""The addresses of the API of offers, orders and tickets."""

from django.urls import path

from bookings.api.offers import OffersView, OfferView
from bookings.api.orders import CancellationView, ConsentView, OrdersView, OrderView
from bookings.api.tickets import TicketCodeView, TicketKeysView, TicketView
from bookings.api.webhooks import StripeWebhookView

urlpatterns = [
    path("offers", OffersView.as_view(), name="api-offers"),
    path("offers/<str:code>", OfferView.as_view(), name="api-offer"),
    path("orders", OrdersView.as_view(), name="api-orders"),
    path("orders/<str:code>", OrderView.as_view(), name="api-order"),
    path("orders/<str:code>/consent", ConsentView.as_view(), name="api-consent"),
    path("orders/<str:code>/cancellation", CancellationView.as_view(), name="api-cancellation"),
    path("ticket-keys", TicketKeysView.as_view(), name="api-ticket-keys"),
    path("tickets/<str:serial>", TicketView.as_view(), name="api-ticket"),
    path("tickets/<str:serial>/code.svg", TicketCodeView.as_view(), name="api-ticket-qr"),
    path("webhooks/stripe", StripeWebhookView.as_view(), name="api-webhook-stripe"),
]
