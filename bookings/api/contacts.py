"""`/orders/{code}/contact`: how the resident of an order is told what happens to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.api import access
from bookings.api.serializers import PhoneField
from bookings.models import Contact, Order
from bookings.services import contacts, orders, subscriptions
from bookings.services.subscriptions import SubscriptionError


class PushKeysSerializer(serializers.Serializer[Any]):
    """The keys of a browser, as `PushSubscription.toJSON()` has them."""

    p256dh = serializers.CharField(max_length=100)
    auth = serializers.CharField(max_length=40)


class PushSerializer(serializers.Serializer[Any]):
    """A browser that listens, as `PushSubscription.toJSON()` has it."""

    endpoint = serializers.URLField(max_length=subscriptions.LONGEST_ENDPOINT)
    keys = PushKeysSerializer()


class ContactRequest(serializers.Serializer[Any]):
    """One of the ways that are possible. `sms` and `call` need a phone; `subscription` adds a browser for `push`."""

    tell_by = serializers.ChoiceField(choices=Contact.TellBy.values)
    phone = PhoneField(required=False)
    subscription = PushSerializer(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What is asked for must be possible."""
        tell_by = attrs["tell_by"]
        if tell_by in {"sms", "call"} and not attrs.get("phone"):
            raise serializers.ValidationError({"phone": ["This way needs a number."]})
        possible = tell_by in self.context["ways"] or (tell_by == "push" and "subscription" in attrs)
        if not possible:
            raise serializers.ValidationError({"tell_by": ["This order cannot be told so."]})
        return attrs


class ContactSerializer(serializers.Serializer[Any]):
    """How the resident is told now, and how else it is possible."""

    tell_by = serializers.CharField(help_text="`email`, `sms`, `call`, `push`; empty where nobody is told")
    phone = serializers.CharField(help_text="Empty where none is known")
    ways = serializers.ListField(child=serializers.CharField())
    push_key = serializers.CharField(help_text="The `applicationServerKey` for a browser that subscribes")


class ContactView(APIView):
    """How the resident of one order is told."""

    throttle_scope = "book"

    @extend_schema(operation_id="get_contact", tags=["booking"], responses=ContactSerializer)
    def get(self, request: Request, code: str) -> Response:
        """How it is now."""
        return Response(_shown(_order(request, code)))

    @extend_schema(operation_id="choose_contact", tags=["booking"], request=ContactRequest, responses=ContactSerializer)
    def put(self, request: Request, code: str) -> Response:
        """Choose another way, for everything that is still to be told. Said again, nothing changes."""
        order = _order(request, code)
        body = ContactRequest(data=request.data, context={"ways": contacts.list_ways(order)})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        if "subscription" in said:
            _subscribe(request, order, said["subscription"])
        contacts.choose(order, said["tell_by"], said.get("phone", ""))
        return Response(_shown(order))


def _subscribe(request: Request, order: Order, given: dict[str, Any]) -> None:
    viewer = access.viewer(request)
    try:
        subscriptions.subscribe(order, viewer, given["endpoint"], now=datetime.now(UTC), **given["keys"])
    except SubscriptionError:
        raise serializers.ValidationError({"subscription": ["Nothing can be encrypted with these keys."]}) from None


def _shown(order: Order) -> dict[str, Any]:
    tell_by, phone = contacts.get_choice(order)
    shown = {"tell_by": tell_by, "phone": phone, "ways": contacts.list_ways(order)}
    return ContactSerializer(shown | {"push_key": subscriptions.server_key()}).data


def _order(request: Request, code: str) -> Order:
    return orders.get_for(access.viewer(request), code)
