"""`/webhooks`: messages from payment providers."""

from __future__ import annotations

from datetime import UTC, datetime

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.payments.stripe import webhooks
from bookings.services import hints
from bookings.tasks import kick, kick_hints


class StripeWebhookView(APIView):
    """Stripe's hints that something has changed."""

    authentication_classes = ()

    @extend_schema(
        operation_id="stripe_webhook", tags=["webhooks"], auth=[], request=OpenApiTypes.OBJECT, responses={204: None}
    )
    def post(self, request: Request) -> Response:
        """Signed by Stripe over the bytes as they came. A repetition changes nothing."""
        hint = webhooks.verify(request.body, request.headers.get("Stripe-Signature", ""))
        order, to_follow = hints.hear("stripe", hint, datetime.now(UTC))
        if order is not None:
            kick(order)
        if to_follow:
            kick_hints()
        return Response(status=status.HTTP_204_NO_CONTENT)
