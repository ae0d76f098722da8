"""The addresses of the pages about booking."""

from django.urls import path

from bookings.web.offers import create, offer
from bookings.web.orders import cancel, consent, give_up, order, pay
from bookings.web.tickets import ticket, tickets

urlpatterns = [
    path("offers", create, name="offer-create"),
    path("offers/<str:code>", offer, name="offer"),
    path("orders/<str:code>", order, name="order"),
    path("orders/<str:code>/pay", pay, name="pay"),
    path("orders/<str:code>/consent", consent, name="consent"),
    path("orders/<str:code>/give-up", give_up, name="give-up"),
    path("orders/<str:code>/cancel", cancel, name="cancel"),
    path("tickets", tickets, name="tickets"),
    path("tickets/<str:serial>", ticket, name="ticket"),
]
