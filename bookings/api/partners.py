"""Webhooks: where an operator's system hears of its bookings, for its staff, and a partner's system of its orders."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.models import Webhook
from bookings.services import webhooks
from bookings.services.viewers import allow
from bookings.services.webhooks import Party, WebhookError


class WebhookRequest(serializers.Serializer[Any]):
    """An https address that answers 2xx within ten seconds."""

    url = serializers.URLField(max_length=500)
    protocol = serializers.ChoiceField(
        ["", "tomp"],
        default="",
        help_text="`tomp`: TOMP's notifications about a third-party provider's packages, posted to this address",
    )


class WebhookSerializer(serializers.Serializer[Any]):
    """A webhook. One that answered 410 is disabled until its secret is rotated."""

    code = serializers.CharField()
    url = serializers.CharField()
    protocol = serializers.CharField()
    created_at = serializers.DateTimeField()
    disabled_at = serializers.DateTimeField(allow_null=True)


class WebhookSecretSerializer(WebhookSerializer):
    """The same with its secret, which is shown this once."""

    secret = serializers.CharField(help_text="`whsec_<base64>`, of 32 bytes")


class DeliverySerializer(serializers.Serializer[Any]):
    """One message to a webhook."""

    topic = serializers.CharField(source="event")
    created_at = serializers.DateTimeField()
    attempts = serializers.IntegerField()
    outcome = serializers.CharField(help_text="`sent`, `failed`, `stale`; empty while it is tried again")
    last_error = serializers.CharField()


class WebhooksView(APIView):
    """The webhooks of one operator."""

    throttle_scope = "book"

    @extend_schema(operation_id="list_webhooks", tags=["partners"], responses=WebhookSerializer(many=True))
    def get(self, request: Request, operator: str = "") -> Response:
        """Where messages go, the oldest first."""
        return Response(WebhookSerializer(webhooks.list_of(_party(request, operator)), many=True).data)

    @extend_schema(
        operation_id="create_webhook",
        tags=["partners"],
        request=WebhookRequest,
        responses={201: WebhookSecretSerializer},
    )
    def post(self, request: Request, operator: str = "") -> Response:
        """Have messages sent to an address, signed as Standard Webhooks has it.

        `order.secured`, `order.failed`, `order.cancelled`, `order.changed` and `order.refunded` name the operator's own
        bookings by their client references, nobody and no price: `{"type", "timestamp", "data": {"operator",
        "bookings"}}`. A message that is not answered with 2xx comes again, ten times within 75 hours, with the same
        `webhook-id`; 410 ends it.
        """
        party = _party(request, operator)
        body = WebhookRequest(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            said = body.validated_data
            webhook, secret = webhooks.create(party, said["url"], datetime.now(UTC), said["protocol"])
        except WebhookError:
            raise serializers.ValidationError({"url": ["There are ten webhooks already."]}) from None
        return Response(_with_secret(webhook, secret), status.HTTP_201_CREATED)


class WebhookView(APIView):
    """One webhook."""

    throttle_scope = "book"

    @extend_schema(operation_id="delete_webhook", tags=["partners"], responses={204: None})
    def delete(self, request: Request, code: str, operator: str = "") -> Response:
        """No more messages to this address, and none of those that wait."""
        _get(request, operator, code).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class WebhookRotationView(APIView):
    """A webhook's secret."""

    throttle_scope = "book"

    @extend_schema(
        operation_id="rotate_webhook_secret", tags=["partners"], request=None, responses=WebhookSecretSerializer
    )
    def post(self, request: Request, code: str, operator: str = "") -> Response:
        """A new secret. For 24 hours messages carry a signature of each; a disabled webhook is on again."""
        webhook = _get(request, operator, code)
        secret = webhooks.rotate(webhook, datetime.now(UTC))
        return Response(_with_secret(_get(request, operator, code), secret))


class WebhookDeliveriesView(APIView):
    """What was sent to a webhook."""

    @extend_schema(operation_id="list_webhook_deliveries", tags=["partners"], responses=DeliverySerializer(many=True))
    def get(self, request: Request, code: str, operator: str = "") -> Response:
        """The last hundred messages, the newest first."""
        found = webhooks.list_deliveries(_get(request, operator, code))
        return Response(DeliverySerializer(found, many=True).data)


class OwnWebhooksView(WebhooksView):
    """The webhooks of a partner, for the orders that its system makes."""

    @extend_schema(operation_id="list_own_webhooks", tags=["partners"], responses=WebhookSerializer(many=True))
    def get(self, request: Request, operator: str = "") -> Response:
        """Where messages about a partner's own orders go, the oldest first."""
        return super().get(request, operator)

    @extend_schema(
        operation_id="create_own_webhook",
        tags=["partners"],
        request=WebhookRequest,
        responses={201: WebhookSecretSerializer},
    )
    def post(self, request: Request, operator: str = "") -> Response:
        """Have a partner's system told of its own orders, signed as Standard Webhooks has it.

        `{"type", "timestamp", "data": {"order"}}`; the order itself is read by GET. Beside what operators are told:
        `order.needs_consent`, `order.needs_action`, `order.refused`, `order.called_off`, `order.disrupted`,
        `order.no_show`, `order.refund_pending`, `order.refund_failed`; of rides on demand `order.ride_arrived`,
        `order.ride_time`, `order.ride_vehicle`, `order.ride_waits`, `order.ride_broken`, `order.amends`.
        """
        return super().post(request, operator)


class OwnWebhookView(WebhookView):
    """One webhook of a partner."""

    @extend_schema(operation_id="delete_own_webhook", tags=["partners"], responses={204: None})
    def delete(self, request: Request, code: str, operator: str = "") -> Response:
        """No more messages to this address, and none of those that wait."""
        return super().delete(request, code, operator)


class OwnWebhookRotationView(WebhookRotationView):
    """The secret of a partner's webhook."""

    @extend_schema(
        operation_id="rotate_own_webhook_secret", tags=["partners"], request=None, responses=WebhookSecretSerializer
    )
    def post(self, request: Request, code: str, operator: str = "") -> Response:
        """A new secret. For 24 hours messages carry a signature of each; a disabled webhook is on again."""
        return super().post(request, code, operator)


class OwnWebhookDeliveriesView(WebhookDeliveriesView):
    """What was sent to a webhook of a partner."""

    @extend_schema(
        operation_id="list_own_webhook_deliveries", tags=["partners"], responses=DeliverySerializer(many=True)
    )
    def get(self, request: Request, code: str, operator: str = "") -> Response:
        """The last hundred messages, the newest first."""
        return super().get(request, code, operator)


def _party(request: Request, operator: str) -> Party:
    """The operator whose staff asks, or the partner itself. Raises Http404."""
    if operator:
        allow(request.user, "bookings.manage_webhooks", operator)
        return Party(operator)
    allow(request.user, "bookings.hear_of_own_orders")
    return Party(owner_id=request.user.pk)


def _get(request: Request, operator: str, code: str) -> Webhook:
    try:
        return webhooks.get(_party(request, operator), code)
    except Webhook.DoesNotExist:
        raise Http404 from None


def _with_secret(webhook: Webhook, secret: str) -> dict[str, Any]:
    return WebhookSerializer(webhook).data | {"secret": secret}
