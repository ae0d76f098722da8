"""`/orders`: one transaction over several operators."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.api import access, keys, news
from bookings.api.serializers import (
    CancellationRequest,
    CancellationSerializer,
    ChangeRequest,
    ConsentRequest,
    OfferSerializer,
    OrderRequest,
    OrderSerializer,
    show_order,
)
from bookings.models import Order
from bookings.services import cancelling, changing, delegations, disruptions, offers, orders
from bookings.services.viewers import Viewer
from bookings.tasks import kick


class OrdersView(APIView):
    """Orders of one person or browser session."""

    throttle_scope = "book"

    @extend_schema(
        operation_id="create_order",
        tags=["booking"],
        parameters=[keys.REQUIRED],
        request=OrderRequest,
        responses={201: OrderSerializer},
    )
    def post(self, request: Request) -> Response:
        """Accept an offer: everything is held, paid once, and bought; or nothing is.

        The same key with the same request gives the same answer and makes no second order.
        """
        viewer, now = access.viewer(request), datetime.now(UTC)

        def place() -> tuple[Response, Order]:
            body = OrderRequest(data=request.data)
            body.is_valid(raise_exception=True)
            order = _place(request, body.validated_data, viewer, now)
            kick(order)
            return Response(show_order(orders.with_bookings(order)), status.HTTP_201_CREATED), order

        return keys.once(request, viewer, now, place, required=True)


_SEEN = OpenApiParameter(
    "seen",
    str,
    description="The `state` that you know. While the order is in it, or passing through others, the answer waits, ten "
    "seconds at most. Then ask again at once; but a second later where the same state was answered at once.",
)


class OrderView(APIView):
    """One order."""

    @extend_schema(operation_id="get_order", tags=["booking"], parameters=[_SEEN], responses=OrderSerializer)
    def get(self, request: Request, code: str) -> HttpResponse:
        """Where an order of one's own stands. Until `is_final`, ask again with the state that you have `seen`."""
        viewer, seen = access.viewer(request), request.query_params.get("seen", "")
        if seen and news.may_wait(request._request) and not news.is_news(orders.find_state(viewer, code), seen):
            return news.later(code, seen)
        return Response(show_order(orders.get_for(viewer, code)))


class ConsentView(APIView):
    """Consent to a price."""

    throttle_scope = "book"

    @extend_schema(
        operation_id="consent_to_order",
        tags=["booking"],
        parameters=[keys.OPTIONAL],
        request=ConsentRequest,
        responses={200: OrderSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        """Accept a price that has risen since the offer. The order waits for it in NEEDS_CONSENT."""
        viewer, now = access.viewer(request), datetime.now(UTC)

        def consent() -> tuple[Response, Order]:
            body = ConsentRequest(data=request.data)
            body.is_valid(raise_exception=True)
            order = orders.consent(orders.get_for(viewer, code), body.validated_data["price"], now)
            kick(order)
            return Response(show_order(order)), order

        return keys.once(request, viewer, now, consent)


class CancellationView(APIView):
    """Giving back."""

    throttle_scope = "book"

    @extend_schema(operation_id="quote_cancellation", tags=["booking"], responses=CancellationSerializer)
    def get(self, request: Request, code: str) -> Response:
        """What cancelling would cost now, all of it or a part. Nothing is cancelled."""
        quote = cancelling.quote(_order(request, code), datetime.now(UTC))
        return Response(CancellationSerializer(quote).data)

    @extend_schema(
        operation_id="cancel_order",
        tags=["booking"],
        parameters=[keys.OPTIONAL],
        request=CancellationRequest,
        responses={202: OrderSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        """Give up an order that is not bought yet, or cancel one that is, for the fee that was shown."""
        viewer, now = access.viewer(request), datetime.now(UTC)

        def cancel() -> tuple[Response, Order]:
            body = CancellationRequest(data=request.data)
            body.is_valid(raise_exception=True)
            order = orders.get_for(viewer, code)
            if order.state == "COMPLETED" and "fee" not in body.validated_data:
                raise serializers.ValidationError({"fee": ["Ask for the fee first, and name it."]})
            said = body.validated_data
            order = cancelling.cancel(order, now, said.get("fee"), seqs=said.get("bookings"))
            kick(order)
            return Response(show_order(order), status.HTTP_202_ACCEPTED), order

        return keys.once(request, viewer, now, cancel)


class ChangesView(APIView):
    """Other journeys instead."""

    throttle_scope = "book"

    @extend_schema(
        operation_id="offer_change", tags=["booking"], request=ChangeRequest, responses={201: OfferSerializer}
    )
    def post(self, request: Request, code: str) -> Response:
        """The offer of another journey for the same people instead of some bookings of an order.

        Nothing changes before it is accepted. The new one is bought first; then the old bookings are given back.
        """
        body = ChangeRequest(data=request.data)
        body.is_valid(raise_exception=True)
        order, viewer = _order(request, code), access.viewer(request)
        token, seqs = body.validated_data["token"], body.validated_data["bookings"]
        offer = changing.offer_change(order, token, seqs, viewer, request.LANGUAGE_CODE, datetime.now(UTC))
        return Response(OfferSerializer(offer).data, status.HTTP_201_CREATED)


class WayOnView(APIView):
    """Journeys that do not go as they were sold."""

    throttle_scope = "book"

    @extend_schema(operation_id="offer_way_on", tags=["booking"], request=None, responses={201: OfferSerializer})
    def post(self, request: Request, code: str) -> Response:
        """The offer of the best way on instead of the rides that will be missed or do not run."""
        order, viewer = _order(request, code), access.viewer(request)
        offer = disruptions.offer_way_on(order, viewer, request.LANGUAGE_CODE, datetime.now(UTC))
        return Response(OfferSerializer(offer).data, status.HTTP_201_CREATED)


def _order(request: Request, code: str) -> Order:
    return orders.get_for(access.viewer(request), code)


def _place(request: Request, accepted: dict[str, Any], viewer: Viewer, now: datetime) -> Order:
    offer = offers.get_offer(accepted["offer"], viewer)
    viewer = delegations.acting_viewer(request.user, viewer, offer, now)
    phone = accepted.get("phone", "")
    return orders.place(offer, viewer, now, accepted.get("contact", ""), accepted["pay_with"], phone)
